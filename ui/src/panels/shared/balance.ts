// The balance of a run: `read = written + unchanged + skipped + failed`.
import { formatNumber, t } from '../../i18n';

/** Figures of a run; skipped ones in all or by reason. */
export interface Figures {
  read: number;
  written: number;
  unchanged: number;
  skipped: number | Record<string, number>;
  failed: number;
}

/** A part of a balance, for the sentence and the bar. */
export interface Part {
  kind: 'written' | 'unchanged' | 'skipped' | 'failed';
  /** Why, of what a rule left out. */
  reason?: string;
  count: number;
}

/** Records that rules left out, in all. */
export function skippedOf({ skipped }: Pick<Figures, 'skipped'>): number {
  if (typeof skipped === 'number') return skipped;
  return Object.values(skipped).reduce((sum, count) => sum + count, 0);
}

/** What became of what was read; parts without records are left out, the reasons the largest first. */
export function partsOf(figures: Figures & { skipped: Record<string, number> }): Part[] {
  const reasons = Object.entries(figures.skipped).sort(([, a], [, b]) => b - a);
  const parts: Part[] = [
    { kind: 'written', count: figures.written },
    { kind: 'unchanged', count: figures.unchanged },
    ...reasons.map(([reason, count]) => ({ kind: 'skipped' as const, reason, count })),
    { kind: 'failed', count: figures.failed },
  ];
  return parts.filter(({ count }) => count > 0);
}

/** Records that were read and of which nothing is told; 0 when the balance holds, below 0 when more is told than was read. */
export function missingOf(figures: Figures): number {
  return figures.read - figures.written - figures.unchanged - skippedOf(figures) - figures.failed;
}

/** `512 read: 488 written, 12 skipped, 12 failed`; what is nothing is left out. */
export function balanceWords(figures: Figures): string {
  const count = (number: number) => ({ count: number, figure: formatNumber(number) });
  const read = t('processflows:balance.read', count(figures.read));
  const skipped = skippedOf(figures);
  const parts = [
    figures.written > 0 ? t('processflows:balance.written', count(figures.written)) : '',
    figures.unchanged > 0 ? t('processflows:balance.unchanged', count(figures.unchanged)) : '',
    skipped > 0 ? t('processflows:balance.skipped', count(skipped)) : '',
    figures.failed > 0 ? t('processflows:balance.failed', count(figures.failed)) : '',
  ].filter((part) => part !== '');
  return parts.length > 0 ? `${read}: ${parts.join(', ')}` : read;
}
