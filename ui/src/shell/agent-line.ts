import type { ProcessflowRow } from '../api';

/** The processflow whose schedule comes first, and when. */
export function nextRun(flows: readonly ProcessflowRow[]): { processflow: string; at: string } | undefined {
  const slots = flows.flatMap(({ processflow, next }) => (next[0] ? [{ processflow, at: next[0] }] : []));
  return slots.sort((a, b) => Date.parse(a.at) - Date.parse(b.at))[0];
}

/** How many processflows a person stopped. */
export function paused(flows: readonly ProcessflowRow[]): number {
  return flows.filter(({ state }) => state === 'paused').length;
}
