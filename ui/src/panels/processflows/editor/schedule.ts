// When a processflow runs, as the form asks for it.
import type { Edit, ScheduleText, Weekday } from '../../../api';
import { daysOn, firstOf, turnDay, type ScheduleKind } from '../shared/schedule';
import { remove, set, setOrRemove } from './typing.svelte';

/** Which kind a file's schedule is of; one that is written otherwise is only shown as text. */
export function kindOf(schedule: unknown): ScheduleKind {
  if (typeof schedule !== 'object' || schedule === null) return 'none';
  return (['every', 'daily', 'cron'] as const).find((kind) => kind in schedule) ?? 'none';
}

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
    return [set(['schedule'], { ...firstOf(kind), ...Object.fromEntries(kept) })];
  }
  return schedule === null || schedule === undefined ? [] : [remove(['schedule'])];
}

/** The part of a schedule under that name, as text. */
export function part(schedule: unknown, name: keyof ScheduleText): string | null {
  if (typeof schedule !== 'object' || schedule === null) return null;
  const value = (schedule as Record<string, unknown>)[name];
  return value === undefined || value === null ? null : String(value);
}

/** The days that are written. */
function writtenDays(schedule: unknown): Weekday[] {
  return (schedule as ScheduleText | null | undefined)?.weekdays ?? [];
}

/** The days on which a daily schedule runs. */
export function daysOf(schedule: unknown): Weekday[] {
  return daysOn(writtenDays(schedule));
}

/** The changes that turn a day on or off; nothing for the last one. */
export function dayEdits(schedule: unknown, day: Weekday): Edit[] {
  const written = writtenDays(schedule);
  const next = turnDay(written, day);
  if (daysOn(next).length === daysOn(written).length) return [];
  return setOrRemove(['schedule', 'weekdays'], written.length > 0, next.length === 0 ? undefined : next);
}

/** The changes that say whether missed runs are made up for, as they are when nothing is written. */
export function catchUpEdits(schedule: unknown, wanted: boolean): Edit[] {
  const there = part(schedule, 'catch_up') !== null;
  return setOrRemove(['schedule', 'catch_up'], there, wanted ? undefined : 'none');
}
