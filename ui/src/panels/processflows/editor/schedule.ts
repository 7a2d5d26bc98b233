// When a processflow runs, as the form asks for it.
import type { Edit, JsonValue, ScheduleText, Weekday } from '../../../api';
import { WEEKDAYS } from '../shared/schedule';
import { remove, set, setOrRemove } from './typing.svelte';

export type ScheduleKind = 'none' | 'every' | 'daily' | 'cron';

/** Which kind a file's schedule is of; one that is written otherwise is only shown as text. */
export function kindOf(schedule: unknown): ScheduleKind {
  if (typeof schedule !== 'object' || schedule === null) return 'none';
  return (['every', 'daily', 'cron'] as const).find((kind) => kind in schedule) ?? 'none';
}

const FIRST: Record<Exclude<ScheduleKind, 'none'>, Record<string, JsonValue>> = {
  every: { every: '15 min' },
  daily: { daily: '06:00' },
  cron: { cron: '*/15 8-18 * * 1-5' },
};

/** What means the same in another kind of schedule, and therefore stays. */
const STAYS: Record<Exclude<ScheduleKind, 'none'>, (keyof ScheduleText)[]> = {
  every: ['catch_up'],
  daily: ['zone', 'catch_up'],
  cron: ['zone', 'catch_up'],
};

/** The changes that give a file another kind of schedule. */
export function kindEdits(schedule: unknown, kind: ScheduleKind): Edit[] {
  if (kind === kindOf(schedule)) return [];
  if (kind !== 'none') {
    const kept = STAYS[kind].flatMap((name) => {
      const value = part(schedule, name);
      return value === null ? [] : [[name, value]];
    });
    return [set(['schedule'], { ...FIRST[kind], ...Object.fromEntries(kept) })];
  }
  return schedule === null || schedule === undefined ? [] : [remove(['schedule'])];
}

/** The part of a schedule under that name, as text. */
export function part(schedule: unknown, name: keyof ScheduleText): string | null {
  if (typeof schedule !== 'object' || schedule === null) return null;
  const value = (schedule as Record<string, unknown>)[name];
  return value === undefined || value === null ? null : String(value);
}

/** The days on which a daily schedule runs: those written, or all. */
export function daysOf(schedule: unknown): Weekday[] {
  const written = (schedule as ScheduleText | null | undefined)?.weekdays ?? [];
  return written.length === 0 ? [...WEEKDAYS] : WEEKDAYS.filter((day) => written.includes(day));
}

/** The changes that turn a day on or off. All days are written by naming none; one day at least stays. */
export function dayEdits(schedule: unknown, day: Weekday): Edit[] {
  const days = daysOf(schedule);
  const next = WEEKDAYS.filter((one) => days.includes(one) !== (one === day));
  if (next.length === 0) return [];
  const there = ((schedule as ScheduleText | null)?.weekdays ?? []).length > 0;
  return setOrRemove(['schedule', 'weekdays'], there, next.length === WEEKDAYS.length ? undefined : next);
}

/** The changes that say whether missed runs are made up for, as they are when nothing is written. */
export function catchUpEdits(schedule: unknown, wanted: boolean): Edit[] {
  const there = part(schedule, 'catch_up') !== null;
  return setOrRemove(['schedule', 'catch_up'], there, wanted ? undefined : 'none');
}
