import type { PlotUnit } from '../../api';
import { timeFormat } from '../../i18n';

/** `Thu 12 Mar, 09:00`, or without the hour for a day. */
export function pointTime(at: string, unit: PlotUnit): string {
  const hour: Intl.DateTimeFormatOptions = unit === 'hour' ? { hour: '2-digit', minute: '2-digit' } : {};
  return timeFormat({
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    ...hour,
  }).format(new Date(at));
}
