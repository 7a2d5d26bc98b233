// Reads the log page by page, both ways, and hears what is written meanwhile.
import { call, Problem, type Filter } from '../../api';
import { NOTHING, startAt, withEarlier, withLater, type Held } from './window';

const PAGE = 400;
/** So many lines make a first picture; fewer are worth another look. */
const ENOUGH = 60;
const LISTEN = 1000;
/** Before the first line of the log. */
const BEGINNING = '@0';

/** The log through one filter. Made while a component is set up; ends with it. */
export class LogReader {
  held = $state.raw<Held>(NOTHING);
  problem = $state.raw<Problem>();
  /** The first picture is there. */
  ready = $state(false);
  /** Lines are looked for: how much of the log lies behind, from 0 to 1. */
  looking = $state<number | null>(null);
  /** New lines that are not held, while a person looks further up. */
  waiting = $state(0);
  /** Counts the first pictures; the view begins anew with each. */
  pictures = $state(0);

  #filter: Filter;
  #mine = 0;
  #busy = false;
  /** Up to where new lines were counted. */
  #heard = '';
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stays: () => boolean;

  /** `stays` tells whether the view stands at the end and wants to stay there. */
  constructor(filter: Filter, stays: () => boolean) {
    this.#filter = filter;
    this.#stays = stays;
  }

  /** Reads with another filter, from the end. */
  show(filter: Filter): Promise<void> {
    this.#filter = filter;
    this.ready = false;
    return this.toEnd();
  }

  /** Begins anew at the end of the log. */
  toEnd(): Promise<void> {
    return this.#anew(async (going) => {
      const page = await call('logs', { filter: { ...this.#filter, limit: PAGE } });
      if (!going()) return;
      this.#picture(startAt(page, true));
      this.#heard = page.end;
      await this.#earlier(going, ENOUGH);
    });
  }

  /** Begins anew at the beginning of the log. */
  toBeginning(): Promise<void> {
    return this.#anew(async (going) => {
      const page = await call('logs', { filter: { ...this.#filter, limit: PAGE }, after: BEGINNING });
      if (!going()) return;
      this.#picture({ ...startAt(page, false), earlier: false });
      await this.#later(going, ENOUGH);
    });
  }

  /** Asks for what lies before. */
  async more(): Promise<void> {
    if (this.#busy || !this.held.earlier) return;
    await this.#working((going) => this.#earlier(going, this.held.lines.length + PAGE / 2));
  }

  /** Asks for what comes after. */
  async next(): Promise<void> {
    if (this.#busy || this.held.atEnd) return;
    await this.#working((going) => this.#later(going, 0));
  }

  /** Ends all looking. */
  stop(): void {
    this.#mine += 1;
    clearTimeout(this.#timer);
  }

  async #anew(read: (going: () => boolean) => Promise<void>): Promise<void> {
    this.stop();
    this.#busy = false;
    await this.#working(read);
    this.#listen();
  }

  async #working(read: (going: () => boolean) => Promise<void>): Promise<void> {
    const mine = this.#mine;
    const going = () => mine === this.#mine;
    this.#busy = true;
    try {
      await read(going);
      if (going()) this.problem = undefined;
    } catch (thrown) {
      if (going()) this.problem = Problem.of(thrown);
    }
    if (!going()) return;
    this.#busy = false;
    this.looking = null;
    this.ready = true;
  }

  #picture(held: Held): void {
    this.held = held;
    this.waiting = 0;
    this.pictures += 1;
    if (held.lines.length > 0 || !held.earlier) this.ready = true;
  }

  /** Looks backwards until so many lines are held, or the beginning is reached: rare lines may lie far apart. */
  async #earlier(going: () => boolean, wanted: number): Promise<void> {
    const { first } = this.held;
    while (this.held.earlier && this.held.lines.length < wanted && this.held.first > first - PAGE / 2) {
      const before = this.held.pages[0]?.begin ?? null;
      const page = await call('logs', { filter: { ...this.#filter, limit: PAGE }, before });
      if (!going()) return;
      this.held = withEarlier(this.held, page);
      this.looking = page.total_bytes > 0 ? 1 - page.before_bytes / page.total_bytes : null;
      if (page.begin === before) break;
    }
  }

  /** Looks forwards: one page with lines in it, or to the end. */
  async #later(going: () => boolean, wanted: number): Promise<void> {
    const before = this.held.lines.at(-1);
    do {
      const after = this.held.pages.at(-1)?.end ?? BEGINNING;
      const page = await call('logs', { filter: { ...this.#filter, limit: PAGE }, after });
      if (!going()) return;
      const atEnd = page.end === after;
      this.held = withLater(this.held, page, atEnd);
      this.looking = page.total_bytes > 0 ? page.before_bytes / page.total_bytes : null;
      if (atEnd) this.#heardAll(page.end);
    } while (!this.held.atEnd && (this.held.lines.at(-1) === before || this.held.lines.length < wanted));
  }

  #heardAll(end: string): void {
    this.#heard = end;
    this.waiting = 0;
  }

  #listen(): void {
    const mine = this.#mine;
    this.#timer = setTimeout(() => {
      void this.#hear().finally(() => {
        if (mine === this.#mine) this.#listen();
      });
    }, LISTEN);
  }

  /** Lines that came are held while the view stands at the end, else only counted. */
  async #hear(): Promise<void> {
    if (this.#busy || document.visibilityState === 'hidden' || this.#heard === '') return;
    const mine = this.#mine;
    const stays = this.held.atEnd && this.#stays();
    const after = stays ? (this.held.pages.at(-1)?.end ?? this.#heard) : this.#heard;
    const page = await call('logs', { filter: { ...this.#filter, limit: PAGE }, after }).catch(
      () => undefined,
    );
    if (!page || mine !== this.#mine || this.#busy) return;
    this.#heard = page.end;
    if (page.end === after) return;
    if (stays) {
      this.held = withLater(this.held, page, true);
      return;
    }
    this.waiting += page.lines.length;
    this.held = { ...this.held, atEnd: false };
  }
}
