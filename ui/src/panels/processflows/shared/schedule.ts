// When a processflow runs by itself: from the file's parts to words, and from a form to the file's parts.
import type { ScheduleText, Weekday } from '../../../api';
import { currentLanguage, listFormat, t, timeFormat } from '../../../i18n';

/** The days of a week, Monday first. */
export const WEEKDAYS: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** Units of an interval, with the names that files may give them. */
const UNITS: [Unit, RegExp][] = [
  ['min', /^(m|mins?|minutes?)$/],
  ['h', /^(h|hours?)$/],
  ['day', /^(d|days?)$/],
];
/** What an interval of a form is counted in. */
export type Unit = 'min' | 'h' | 'day';

/** Kinds of schedules, as forms offer them. */
export const SCHEDULE_KINDS = ['every', 'daily', 'cron', 'none'] as const;
export type ScheduleKind = (typeof SCHEDULE_KINDS)[number];

/** A schedule as a form has it; what belongs to another kind is kept while one looks at the other. */
export interface ScheduleForm {
  kind: ScheduleKind;
  /** How many units; as typed, null while it is no number. */
  count: number | null;
  unit: Unit;
  /** `06:00` */
  daily: string;
  weekdays: Weekday[];
  cron: string;
  /** `Europe/Berlin`; empty for the machine's. */
  zone: string;
  /** One run is made up for those that were missed. */
  catchUp: boolean;
}

const USUAL: ScheduleForm = {
  kind: 'none',
  count: 15,
  unit: 'min',
  daily: '06:00',
  weekdays: [],
  cron: '*/15 8-18 * * 1-5',
  zone: '',
  catchUp: true,
};

/** `15 min` in its parts, or undefined for what the form cannot say (`1 h 30 min`). */
export function intervalOf(every: string): { count: number; unit: Unit } | undefined {
  const [, figures, word = ''] = /^\s*(\d+)\s*([a-z]+)\s*$/.exec(every) ?? [];
  const unit = UNITS.find(([, names]) => names.test(word))?.[0];
  return figures && unit ? { count: Number(figures), unit } : undefined;
}

/** Where the form begins. An interval that it has no field for (`1 h 30 min`) is counted in minutes. */
export function formOf(written: ScheduleText | null | undefined): ScheduleForm {
  if (!written) return { ...USUAL };
  const form = { ...USUAL, zone: written.zone ?? '', catchUp: written.catch_up !== 'none' };
  if (written.every) {
    const { count, unit } = intervalOf(written.every) ?? { count: minutesOf(written.every), unit: 'min' };
    return { ...form, kind: 'every', count, unit };
  }
  if (written.daily)
    return { ...form, kind: 'daily', daily: written.daily, weekdays: [...(written.weekdays ?? [])] };
  return { ...form, kind: 'cron', cron: written.cron ?? '' };
}

const MINUTES: Record<string, number> = { s: 1 / 60, m: 1, h: 60, d: 1440, w: 10_080 };

function minutesOf(every: string): number {
  const parts = [...every.matchAll(/(\d+)\s*([a-z])[a-z]*/g)];
  const total = parts.reduce((sum, [, count, unit]) => sum + Number(count) * (MINUTES[unit ?? ''] ?? 0), 0);
  return Math.max(1, Math.round(total));
}

/** What stands in the file; null for a processflow that is only started by hand. */
export function textOf(form: ScheduleForm): ScheduleText | null {
  const zone = form.zone.trim() ? { zone: form.zone.trim() } : {};
  const missed = form.catchUp ? {} : { catch_up: 'none' as const };
  if (form.kind === 'every') return { every: `${form.count ?? ''} ${form.unit}`, ...missed };
  if (form.kind === 'cron') return { cron: form.cron.trim(), ...zone, ...missed };
  if (form.kind === 'none') return null;
  const weekdays = daysOn(form.weekdays);
  const some = weekdays.length < WEEKDAYS.length;
  return { daily: form.daily, ...(some ? { weekdays } : {}), ...zone, ...missed };
}

/** The schedule a kind begins with; null for `none`. */
export function firstOf(kind: ScheduleKind): ScheduleText | null {
  return textOf({ ...USUAL, kind });
}

/** The days on which a daily schedule runs: those written, or all. */
export function daysOn(written: readonly Weekday[]): Weekday[] {
  return written.length === 0 ? [...WEEKDAYS] : WEEKDAYS.filter((day) => written.includes(day));
}

/** The days to write after one was turned on or off: none stands for all, and one at least stays. */
export function turnDay(written: readonly Weekday[], day: Weekday): Weekday[] {
  const days = daysOn(written);
  const next = WEEKDAYS.filter((one) => days.includes(one) !== (one === day));
  if (next.length === 0) return days;
  return next.length === WEEKDAYS.length ? [] : next;
}

/** Whether two schedules mean the same. */
export function sameSchedule(one: ScheduleText | null, other: ScheduleText | null): boolean {
  return JSON.stringify(textOf(formOf(one))) === JSON.stringify(textOf(formOf(other)));
}

/** `Mon`, `Mo`: a day as the language calls it. */
export function dayName(day: Weekday, length: 'short' | 'long' = 'short'): string {
  // 5 January 2026 was a Monday.
  const date = new Date(Date.UTC(2026, 0, 5 + WEEKDAYS.indexOf(day)));
  return timeFormat({ weekday: length, timeZone: 'UTC' }, currentLanguage()).format(date);
}

function daysWords(days: readonly Weekday[]): string {
  const places = WEEKDAYS.flatMap((day, place) => (days.includes(day) ? [place] : []));
  const first = places[0] ?? 0;
  const last = places.at(-1) ?? 6;
  const unbroken = places.length > 2 && last - first === places.length - 1;
  const name = (place: number) => dayName(WEEKDAYS[place] ?? 'mon');
  if (unbroken) return t('processflows:schedule.fromTo', { from: name(first), to: name(last) });
  return listFormat({ type: 'conjunction' }, currentLanguage()).format(places.map(name));
}

/** `Every 15 minutes`, `Daily at 06:00, Mon to Fri (Europe/Berlin)`, `Only by hand`. */
export function scheduleWords(written: ScheduleText | null | undefined): string {
  if (!written) return t('processflows:schedule.none');
  const zone = written.zone ? ` (${written.zone})` : '';
  if (written.every) return everyWords(written.every);
  if (written.daily) {
    const days = written.weekdays ?? [];
    const daily = t('processflows:schedule.daily', { time: written.daily });
    return (days.length > 0 ? `${daily}, ${daysWords(days)}` : daily) + zone;
  }
  return (cronWords(written.cron ?? '') ?? t('processflows:schedule.cron', { cron: written.cron })) + zone;
}

function everyWords(every: string): string {
  const interval = intervalOf(every);
  if (!interval) return t('processflows:schedule.everyOther', { every });
  return t(`processflows:schedule.every.${interval.unit}`, { count: interval.count });
}

/** The days of a cron field, or undefined for what has no short words. */
function cronDays(field: string): Weekday[] | undefined {
  const [, from, to] = /^([0-7])(?:-([0-7]))?$/.exec(field) ?? [];
  if (from === undefined) return undefined;
  const places: Weekday[] = [];
  for (let day = Number(from); day <= Number(to ?? from); day++)
    places.push(WEEKDAYS[(day + 6) % 7] ?? 'sun');
  return places;
}

/** The common expressions in words; undefined where the expression itself says it better. */
export function cronWords(cron: string): string | undefined {
  const [minute = '', hour = '', day, month, weekday = '', ...rest] = cron.trim().split(/\s+/);
  if (rest.length > 0 || day !== '*' || month !== '*') return undefined;
  const days = weekday === '*' ? [] : cronDays(weekday);
  const times = timesWords(minute, hour);
  if (!days || !times) return undefined;
  return days.length > 0 ? `${times}, ${daysWords(days)}` : times;
}

function timesWords(minute: string, hour: string): string | undefined {
  const two = (text: string) => text.padStart(2, '0');
  const [, step] = /^\*\/(\d+)$/.exec(minute) ?? [];
  const [, from, to] = /^(\d+)-(\d+)$/.exec(hour) ?? [];
  if (/^\d+$/.test(minute) && /^\d+$/.test(hour)) {
    return t('processflows:schedule.daily', { time: `${two(hour)}:${two(minute)}` });
  }
  // A step that does not divide the hour begins anew with each hour: no "every 7 minutes".
  if (!step || 60 % Number(step) !== 0) return undefined;
  const every = t('processflows:schedule.every.min', { count: Number(step) });
  if (hour === '*') return every;
  if (!from || !to) return undefined;
  return t('processflows:schedule.between', { every, from: `${two(from)}:00`, to: `${two(to)}:59` });
}
