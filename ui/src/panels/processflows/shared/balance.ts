// The balance of a run: `read = written + unchanged + skipped + failed`.
import { formatNumber, t } from '../../../i18n';

/** Figures of a run; skipped ones in all or by reason. */
export interface Figures {
  read: number;
  written: number;
  unchanged: number;
  skipped: number | Record<string, number>;
  failed: number;
}

/** How many were left out in all. */
export function skippedOf({ skipped }: Figures): number {
  if (typeof skipped === 'number') return skipped;
  return Object.values(skipped).reduce((sum, count) => sum + count, 0);
}

/** `512 read: 488 written, 12 skipped, 12 failed`; what is nothing is left out. */
export function balanceWords(figures: Figures): string {
  const count = (number: number) => ({ count: number, figure: formatNumber(number) });
  const read = t('processflows:balance.read', count(figures.read));
  const parts = [
    figures.written > 0 ? t('processflows:balance.written', count(figures.written)) : '',
    figures.unchanged > 0 ? t('processflows:balance.unchanged', count(figures.unchanged)) : '',
    skippedOf(figures) > 0 ? t('processflows:balance.skipped', count(skippedOf(figures))) : '',
    figures.failed > 0 ? t('processflows:balance.failed', count(figures.failed)) : '',
  ].filter((part) => part !== '');
  return parts.length > 0 ? `${read}: ${parts.join(', ')}` : read;
}

/** Whether everything that was read is accounted for; of a run that ended. */
export function balances(figures: Figures): boolean {
  return figures.read === figures.written + figures.unchanged + skippedOf(figures) + figures.failed;
}
