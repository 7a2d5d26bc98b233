export { call, type InputOf, type OperationName, type OutputOf } from './call';
export { announce, onChange, type Change, type Topic } from './changes';
export { live, type Live } from './live.svelte';
export { Problem, type ProblemKind } from './problem';
export type * from './types';
