export { call, type InputOf, type OperationName, type OutputOf } from './call';
export { announce, onChange, type Change, type Topic } from './changes';
export { live, type Live } from './live.svelte';
export { Problem, type ProblemKind } from './problem';
export type * from './types';
/** A problem as the engine keeps it with a run or a record. */
export type { Problem as KeptProblem } from './generated/operations';
