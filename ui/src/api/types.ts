// Where the types of the operations come from: the engine's own list, and the window's.
import type { Operations as EngineOperations } from './generated/operations';
import type { WindowOperations } from './window';

export type * from './generated/operations';
export type * from './window';

/** Every name that `call` knows, with its input and its output. */
export type Operations = EngineOperations & WindowOperations;
