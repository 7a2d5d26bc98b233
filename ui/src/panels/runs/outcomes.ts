import type { Label } from '../../api';

/** What can be chosen in the list of records, and the engine's words for it. */
export const OUTCOMES: Record<string, Label[]> = {
  Success: ['written', 'unchanged'],
  Skipped: ['skipped'],
  Failed: ['failed'],
  written: ['written'],
  unchanged: ['unchanged'],
};
