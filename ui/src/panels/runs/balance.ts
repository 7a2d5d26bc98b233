import type { Counts } from '../../api';

/** A part of a balance, for the sentence and the bar. */
export interface Part {
  kind: 'written' | 'unchanged' | 'skipped' | 'failed';
  /** Why, of what a rule left out. */
  reason?: string;
  count: number;
}

type Balanced = Pick<Counts, 'read' | 'written' | 'unchanged' | 'skipped' | 'failed'>;

/** Records that rules left out. */
export function skippedOf({ skipped }: Pick<Counts, 'skipped'>): number {
  return Object.values(skipped).reduce((sum, count) => sum + count, 0);
}

/** What became of what was read; parts without records are left out, the reasons the largest first. */
export function partsOf(counts: Balanced): Part[] {
  const reasons = Object.entries(counts.skipped).sort(([, a], [, b]) => b - a);
  const parts: Part[] = [
    { kind: 'written', count: counts.written },
    { kind: 'unchanged', count: counts.unchanged },
    ...reasons.map(([reason, count]) => ({ kind: 'skipped' as const, reason, count })),
    { kind: 'failed', count: counts.failed },
  ];
  return parts.filter(({ count }) => count > 0);
}

/** Records that were read and of which nothing is told; 0 when the balance holds, below 0 when more is told than was read. */
export function missingOf(counts: Balanced): number {
  return counts.read - counts.written - counts.unchanged - skippedOf(counts) - counts.failed;
}
