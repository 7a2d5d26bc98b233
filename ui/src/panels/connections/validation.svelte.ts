// Validations of this window, under way and done, by connection. What lasts is kept by the engine.
import { call, Problem, type Validation } from '../../api';

/** How the last validation of a connection went in this window. */
export interface Tried {
  state: 'checking' | 'ok' | 'failed';
  validation?: Validation;
  problem?: Problem;
}

let tried = $state.raw<Record<string, Tried>>({});
const newest = new Map<string, number>();

function set(name: string, value: Tried | undefined): void {
  const { [name]: _, ...rest } = tried;
  tried = value ? { ...rest, [name]: value } : rest;
}

/** What is known of it; reactive. */
export function triedOf(name: string): Tried | undefined {
  return tried[name];
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
  const result = await call('validate_connection', { name }).then(
    (validation): Tried => ({ state: 'ok', validation }),
    (thrown: unknown): Tried => ({ state: 'failed', problem: Problem.of(thrown) }),
  );
  if (newest.get(name) === mine) set(name, result);
}
