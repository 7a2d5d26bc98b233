// The time that plot and history look at. It stands in the address: `?period=week`, or `?from=…&to=…` for one point of the plot.
import type { PlotUnit } from '../../api';

/** Periods to choose from. */
export const PERIODS = ['day', 'week', 'month', 'year', 'all'] as const;
export type Period = (typeof PERIODS)[number];

const HOUR = 3_600_000;
const HOURS: Record<Period, number> = {
  day: 24,
  week: 7 * 24,
  month: 30 * 24,
  year: 365 * 24,
  all: 365 * 24,
};

/** The period of an address; a week when it names none. */
export function periodOf(text: string | null): Period {
  return PERIODS.find((known) => known === text) ?? 'week';
}

/** How wide a point of the plot is: one sees a night in a week, and a week in a year. */
export function unitOf(period: Period): PlotUnit {
  return period === 'day' || period === 'week' ? 'hour' : 'day';
}

/** When the plot begins. Whole minutes, so that asking again within one asks the same. */
export function plotBegin(period: Period, now = Date.now()): string {
  return instant(now - HOURS[period] * HOUR);
}

/** When the history begins; nothing when all of it is wanted. */
export function historyBegin(period: Period, now = Date.now()): string | null {
  return period === 'all' ? null : plotBegin(period, now);
}

/** When a point of the plot ends. Days may have 23 or 25 hours, so the next point tells, where there is one. */
export function pointEnd(at: string, next: string | undefined, unit: PlotUnit): string {
  return next ?? new Date(Date.parse(at) + (unit === 'hour' ? HOUR : 24 * HOUR)).toISOString();
}

function instant(time: number): string {
  return new Date(Math.floor(time / 60_000) * 60_000).toISOString();
}
