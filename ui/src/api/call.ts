import { Problem } from './problem';
import { currentTransport } from './transport';
import type { Operations } from './types';

/** Names of all operations. */
export type OperationName = keyof Operations;
/** What an operation takes. */
export type InputOf<N extends OperationName> = Operations[N]['input'];
/** What an operation answers. */
export type OutputOf<N extends OperationName> = Operations[N]['output'];

/**
 * Calls an operation of the engine, or one of the window (`window.…`), by name.
 * @throws {Problem} with the engine's sentence and hint; nothing else is ever thrown.
 */
export async function call<N extends OperationName>(
  name: N,
  ...input: {} extends InputOf<N> ? [InputOf<N>?] : [InputOf<N>]
): Promise<OutputOf<N>> {
  try {
    return (await currentTransport()(name, input[0] ?? {})) as OutputOf<N>;
  } catch (thrown) {
    throw Problem.of(thrown);
  }
}
