// Numbers, sizes and times in the language's own way. All are reactive like `t`.
import { numberFormat, relativeFormat, timeFormat } from './intl';

/** `1,234` */
export function formatNumber(value: number, options: Intl.NumberFormatOptions = {}): string {
  return numberFormat(options).format(value);
}

/** `12 Mar 2026, 09:41:07`: the exact instant on this machine's clock. */
export function formatInstant(at: string | Date): string {
  return timeFormat({ dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(at));
}

/** `12 Mar 2026`: a day on this machine's clock. */
export function formatDay(at: string | Date): string {
  return timeFormat({ dateStyle: 'medium' }).format(new Date(at));
}

/** `09:41`, or with the day in front when it is not today. */
export function formatShortTime(at: string | Date, now = new Date()): string {
  const when = new Date(at);
  const today = when.toDateString() === now.toDateString();
  const options: Intl.DateTimeFormatOptions = today
    ? { hour: '2-digit', minute: '2-digit' }
    : { weekday: 'short', hour: '2-digit', minute: '2-digit' };
  return timeFormat(options).format(when);
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** `3 minutes ago`, `in 2 hours`, `now`. */
export function formatRelative(at: string | Date, now = Date.now()): string {
  const seconds = Math.round((new Date(at).getTime() - now) / 1000);
  const words = relativeFormat({ numeric: 'auto' });
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return words.format(Math.trunc(seconds / size), unit);
  }
  return Math.abs(seconds) < 10 ? words.format(0, 'second') : words.format(seconds, 'second');
}

/** `3.2 s`, `4 min 05 s`, `2 h 10 min`. Takes seconds. */
export function formatDuration(seconds: number): string {
  const unit = (value: number, name: string, digits = 0) =>
    formatNumber(value, { style: 'unit', unit: name, unitDisplay: 'short', maximumFractionDigits: digits });
  if (seconds < 60) return unit(seconds, 'second', seconds < 10 ? 1 : 0);
  const whole = Math.round(seconds);
  if (whole < 3600) return `${unit(Math.floor(whole / 60), 'minute')} ${unit(whole % 60, 'second')}`;
  return `${unit(Math.floor(whole / 3600), 'hour')} ${unit(Math.floor((whole % 3600) / 60), 'minute')}`;
}

const SIZES = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** `12.3 MB`, in steps of 1000. */
export function formatBytes(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(SIZES.length - 1, Math.floor(Math.log10(bytes) / 3));
  const options = { style: 'unit', unit: SIZES[step] ?? 'byte', unitDisplay: 'short' } as const;
  return formatNumber(bytes / 1000 ** step, { ...options, maximumFractionDigits: step > 1 ? 1 : 0 });
}

/** An amount as the store keeps it, decimal text, shown with its currency and no digit lost to rounding. */
export function formatAmount(amount: string, currency: string): string {
  const digits = amount.split('.')[1]?.length ?? 0;
  const format = numberFormat({
    style: 'currency',
    currency,
    minimumFractionDigits: Math.max(2, digits),
  });
  // The text itself, never a float: since ES2023 Intl reads decimals exactly.
  return format.format(amount as Intl.StringNumericLiteral);
}
