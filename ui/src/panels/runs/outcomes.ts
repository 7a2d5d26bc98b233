import type { Label } from '../../api';

/** What can be chosen in the list of records, and the engine's words for it. */
export const OUTCOMES: Record<string, Label[]> = {
  Success: ['written', 'unchanged'],
  Skipped: ['skipped'],
  Failed: ['failed'],
  written: ['written'],
  unchanged: ['unchanged'],
};

/** A part of a run's balance, as the filter of its list of records calls it. */
export const FILTERS = {
  written: 'written',
  unchanged: 'unchanged',
  skipped: 'Skipped',
  failed: 'Failed',
} as const satisfies Record<string, keyof typeof OUTCOMES>;
