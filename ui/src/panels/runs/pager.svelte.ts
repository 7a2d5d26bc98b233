import { untrack } from 'svelte';
import { Problem } from '../../api';
import { append, KEPT, prepend, type Page } from './pages';

/** Where a page is asked from; neither: the beginning. */
export interface From<Place> {
  after?: Place;
  before?: Place;
}

/** A long list that is asked for page by page, in both directions. */
export interface Pager<Row> {
  readonly rows: readonly Row[];
  /** How many rows before them were let go again. */
  readonly offset: number;
  /** The beginning has not come yet: draw a skeleton. */
  readonly loading: boolean;
  /** A further page is on its way. */
  readonly busy: boolean;
  readonly problem: Problem | undefined;
  /** Nothing lies behind the last row. */
  readonly ended: boolean;
  /** Changes when the list began anew: what is chosen in it, or how far it was scrolled, holds no longer. */
  readonly generation: number;
  /** The page after the last row; nothing happens at the end or while one is on its way. */
  later(): void;
  /** The page before the first row. */
  earlier(): void;
  /** Begins anew. */
  restart(): Promise<void>;
  /** Goes on after a problem. */
  again(): void;
  /** Changes the rows that are here, where they stand. */
  change(how: (pages: readonly Page<Row, never>[]) => readonly Page<Row, never>[]): void;
}

/** A page may come back empty although there are more; so often it is asked on by itself. */
const LOOKS = 200;

/**
 * Asks for the beginning now and anew whenever what `ask` read (before its first `await`) changes.
 * `kept` pages stay at most: a list that can only go on forwards keeps all. Call it while a component is being set up.
 */
export function pager<Row, Place>(
  ask: (from: From<Place>) => Promise<Page<Row, Place>>,
  kept = KEPT,
): Pager<Row> {
  let pages = $state.raw<readonly Page<Row, Place>[]>([]);
  let problem = $state.raw<Problem>();
  let loading = $state(true);
  let busy = $state(false);
  let generation = $state(0);
  let offset = $state(0);
  let current = 0;
  let failed: (() => void) | undefined;
  const rows = $derived(pages.flatMap((page) => page.rows));

  /** Looks on through empty pages until there are rows, the end, or somebody asked for something else. */
  async function look(
    first: Promise<Page<Row, Place>>,
    mine: number,
    back: boolean,
  ): Promise<Page<Row, Place>> {
    let page = await first;
    for (let looks = 0; looks < LOOKS && page.rows.length === 0 && mine === current; looks++) {
      const place = back ? page.previous : page.next;
      if (place === null) break;
      page = await ask(back ? { before: place } : { after: place });
    }
    return page;
  }

  async function turn(
    first: Promise<Page<Row, Place>>,
    back: boolean,
    put: (page: Page<Row, Place>) => void,
  ) {
    const mine = current;
    busy = true;
    problem = undefined;
    try {
      const page = await look(first, mine, back);
      if (mine === current) put(page);
    } catch (thrown) {
      if (mine === current) problem = Problem.of(thrown);
    } finally {
      if (mine === current) busy = loading = false;
    }
  }

  function begin(first: Promise<Page<Row, Place>>): Promise<void> {
    current += 1;
    failed = () => void restart();
    return turn(first, false, (page) => {
      pages = [page];
      offset = 0;
      generation += 1;
    });
  }

  function restart(): Promise<void> {
    return begin(ask({}));
  }

  function later(): void {
    const place = pages.at(-1)?.next ?? null;
    if (busy || problem || place === null) return;
    failed = later;
    void turn(ask({ after: place }), false, (page) => {
      const first = pages.length >= kept ? pages[0] : undefined;
      pages = append(pages, page, kept);
      offset += first?.rows.length ?? 0;
    });
  }

  function earlier(): void {
    const place = pages[0]?.previous ?? null;
    if (busy || problem || place === null) return;
    failed = earlier;
    void turn(ask({ before: place }), true, (page) => {
      pages = prepend(pages, page, kept);
      offset = Math.max(0, offset - page.rows.length);
    });
  }

  $effect(() => {
    const first = ask({});
    loading = true;
    pages = [];
    void begin(first);
    return () => (current += 1);
  });

  return {
    get rows() {
      return rows;
    },
    get offset() {
      return offset;
    },
    get loading() {
      return loading;
    },
    get busy() {
      return busy;
    },
    get problem() {
      return problem;
    },
    get ended() {
      return !loading && (pages.at(-1)?.next ?? null) === null;
    },
    get generation() {
      return generation;
    },
    later,
    earlier,
    restart,
    again() {
      problem = undefined;
      failed?.();
    },
    change(how) {
      pages = untrack(() => how(pages as readonly Page<Row, never>[])) as readonly Page<Row, Place>[];
    },
  };
}
