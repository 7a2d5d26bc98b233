// How connections were last found: what the engine keeps, and what is under way in this window.
import { call, Problem, type ConnectionRow, type SaveConnection, type Validation } from '../../api';

/** What came of trying a connection. `unknown` could not be tried: the other side does not answer now. */
export interface Tried {
  state: 'checking' | 'ok' | 'failed' | 'unknown';
  validation?: Validation | undefined;
  problem?: Problem | undefined;
  /** When it ended. */
  at?: string | undefined;
}

let tried = $state.raw<Record<string, Tried>>({});
const newest = new Map<string, number>();

function set(name: string, value: Tried | undefined): void {
  const { [name]: _, ...rest } = tried;
  tried = value ? { ...rest, [name]: value } : rest;
}

/** What came of it in this window; reactive. */
export function triedOf(name: string): Tried | undefined {
  return tried[name];
}

/** What to show of a saved connection: what is under way here, else whatever is newer. */
export function shownOf({ name, checked }: Pick<ConnectionRow, 'name' | 'checked'>): Tried | undefined {
  const mine = tried[name];
  if (!checked || (mine && (!mine.at || Date.parse(mine.at) >= Date.parse(checked.at)))) return mine;
  const problem = checked.problem ? Problem.of(checked.problem) : undefined;
  return { state: stateOf(problem), validation: checked.found ?? undefined, problem, at: checked.at };
}

function stateOf(problem: Problem | undefined): Tried['state'] {
  if (!problem) return 'ok';
  return problem.kind === 'unavailable' ? 'unknown' : 'failed';
}

/** Forgets what was found: the connection changed, or a person looks away from a validation under way. */
export function forgetTried(name: string): void {
  newest.set(name, (newest.get(name) ?? 0) + 1);
  set(name, undefined);
}

/** Tries a saved connection with the code that runs use. It changes nothing in the other system. */
export async function validate(name: string): Promise<void> {
  const mine = (newest.get(name) ?? 0) + 1;
  newest.set(name, mine);
  set(name, { state: 'checking' });
  const result = await outcome(call('validate_connection', { name }));
  if (newest.get(name) === mine) set(name, result);
}

async function outcome(trying: Promise<Validation>): Promise<Tried> {
  const at = () => new Date().toISOString();
  return trying.then(
    (validation): Tried => ({ state: 'ok', validation, at: at() }),
    (thrown: unknown): Tried => {
      const problem = Problem.of(thrown);
      return { state: stateOf(problem), problem, at: at() };
    },
  );
}

/** Trying what is typed in a form. Nothing is saved by it, and its answer is gone with the form. */
export class TypedTry {
  #ticket = '';
  #of = $state('');
  #tried = $state.raw<Tried>();

  /** What came of what is typed now; nothing once it is another. */
  shown(typed: string): Tried | undefined {
    return typed === this.#of ? this.#tried : undefined;
  }

  /** Tries it. `typed` names what is typed, `saved` the connection that is the ground of it. */
  async start(typed: string, wanted: SaveConnection, saved: string | undefined): Promise<void> {
    this.cancel();
    const ticket = crypto.randomUUID();
    this.#ticket = ticket;
    this.#of = typed;
    this.#tried = { state: 'checking' };
    const result = await outcome(call('try_connection', { ...wanted, name: saved ?? null, ticket }));
    if (this.#ticket === ticket) this.#tried = result;
  }

  /** Ends a try that is under way. */
  cancel(): void {
    if (this.#tried?.state === 'checking') {
      void call('cancel_try', { ticket: this.#ticket }).catch(() => undefined);
    }
    this.#ticket = '';
    this.#tried = undefined;
  }
}
