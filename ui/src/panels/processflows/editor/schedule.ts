// When a processflow runs, as the form asks for it.
import type { Edit, JsonValue, ScheduleText } from '../../../api';
import { set } from './typing.svelte';

export type ScheduleKind = 'none' | 'every' | 'daily' | 'cron';

/** Which kind a file's schedule is of; one that is written otherwise is only shown as text. */
export function kindOf(schedule: unknown): ScheduleKind {
  if (typeof schedule !== 'object' || schedule === null) return 'none';
  return (['every', 'daily', 'cron'] as const).find((kind) => kind in schedule) ?? 'none';
}

const FIRST: Record<Exclude<ScheduleKind, 'none'>, JsonValue> = {
  every: { every: '15 min' },
  daily: { daily: '06:00' },
  cron: { cron: '*/15 8-18 * * 1-5' },
};

/** The changes that give a file another kind of schedule. */
export function kindEdits(schedule: unknown, kind: ScheduleKind): Edit[] {
  if (kind === kindOf(schedule)) return [];
  if (kind !== 'none') return [set(['schedule'], FIRST[kind])];
  return schedule === null || schedule === undefined ? [] : [{ path: ['schedule'], change: 'remove' }];
}

/** The part of a schedule under that name, as text. */
export function part(schedule: unknown, name: keyof ScheduleText): string | null {
  if (typeof schedule !== 'object' || schedule === null) return null;
  const value = (schedule as Record<string, unknown>)[name];
  return value === undefined || value === null ? null : String(value);
}
