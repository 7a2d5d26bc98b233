import type { Progress } from '../../api';

/** Seconds without anything happening after which a run is said to stand still. */
export const STALLED = 60;

/** How far a run is, as its line says it. */
export interface Far {
  /** Records that are settled. */
  done: number;
  /** In all, where the source knows. */
  total: number | null;
  /** From 0 to 1; null when nobody knows. */
  share: number | null;
  /** Read and not settled yet. */
  unprocessed: number;
  /** Seconds it will still take; null when nobody knows. */
  left: number | null;
  stalled: boolean;
}

/** Reads a run's progress; `since` are the seconds that went by since it was told. */
export function farOf(progress: Progress, since = 0): Far {
  const done = progress.settled.read;
  const total = progress.expected !== null && progress.expected >= done ? progress.expected : null;
  const left = total !== null && progress.rate > 0 ? (total - done) / progress.rate : null;
  return {
    done,
    total,
    share: total ? done / total : null,
    unprocessed: Math.max(0, progress.read - done),
    left,
    stalled: progress.ended === null && progress.idle_seconds + since >= STALLED,
  };
}
