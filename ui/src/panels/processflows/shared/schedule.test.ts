import { expect, it } from 'vitest';

import type { ScheduleText } from '../../../api';
import { changeLanguage } from '../../../i18n';
import {
  cronWords,
  daysOn,
  formOf,
  intervalOf,
  sameSchedule,
  scheduleWords,
  textOf,
  turnDay,
} from './schedule';
import { nextWords } from './times';

const WORDS: [ScheduleText | null, string][] = [
  [null, 'Only by hand'],
  [{ every: '15 min' }, 'Every 15 minutes'],
  [{ every: '1 hour' }, 'Every hour'],
  [{ every: '2 days' }, 'Every 2 days'],
  [{ every: '1 h 30 min' }, 'Every 1 h 30 min'],
  [{ daily: '06:00' }, 'Daily at 06:00'],
  [
    { daily: '06:00', weekdays: ['fri', 'mon', 'tue', 'wed', 'thu'], zone: 'Europe/Berlin' },
    'Daily at 06:00, Mon to Fri (Europe/Berlin)',
  ],
  [{ daily: '06:00', weekdays: ['mon', 'wed'] }, 'Daily at 06:00, Mon and Wed'],
  [{ cron: '*/15 8-18 * * 1-5' }, 'Every 15 minutes from 08:00 to 18:59, Mon to Fri'],
  [{ cron: '30 6 * * 0' }, 'Daily at 06:30, Sun'],
];

it('says a schedule as a person would', () => {
  for (const [written, words] of WORDS) expect(scheduleWords(written)).toBe(words);
});

it('says it in the language that was chosen', async () => {
  await changeLanguage('de');
  expect(scheduleWords({ daily: '06:00', weekdays: ['mon', 'tue', 'wed'] })).toBe(
    'Täglich um 06:00, Mo bis Mi',
  );
  await changeLanguage('en');
});

it('leaves an expression alone that words would get wrong', () => {
  for (const cron of ['*/7 * * * *', '0 6 1 * *', '0 6 * 3 *', '@daily', '0 6 * * 1#2', '5,20 * * * *']) {
    expect(cronWords(cron), cron).toBeUndefined();
  }
});

it('writes back what it read', () => {
  const written: ScheduleText[] = [
    { every: '15 min' },
    { every: '2 h', catch_up: 'none' },
    { daily: '06:00', weekdays: ['mon'], zone: 'Europe/Berlin' },
    { cron: '0 6 1 * *', zone: 'Europe/Berlin', catch_up: 'none' },
  ];
  for (const one of written) expect(textOf(formOf(one))).toEqual(one);
  expect(textOf(formOf(null))).toBeNull();
});

it('takes all days for no choice of days, and another spelling for the same', () => {
  const all = formOf({ daily: '06:00', weekdays: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] });
  expect(textOf(all)).toEqual({ daily: '06:00' });
  expect(sameSchedule({ every: '15 minutes' }, { every: '15 min' })).toBe(true);
  expect(sameSchedule({ every: '15 min' }, { every: '16 min' })).toBe(false);
  expect(sameSchedule(null, { every: '16 min' })).toBe(false);
});

it('counts an interval that the form has no field for in minutes', () => {
  expect(intervalOf('1 h 30 min')).toBeUndefined();
  expect(textOf(formOf({ every: '1 h 30 min' }))).toEqual({ every: '90 min' });
});

it('shows a time on the clock of its own zone', () => {
  expect(nextWords('2026-11-23T06:00:00+05:30')).toBe('Mon, Nov 23, 06:00 AM (UTC+05:30)');
});

it('turns days on and off; none written stands for all, and one stays', () => {
  expect(daysOn([])).toHaveLength(7);
  expect(turnDay([], 'sun')).toEqual(['mon', 'tue', 'wed', 'thu', 'fri', 'sat']);
  expect(turnDay(['mon', 'tue', 'wed', 'thu', 'fri', 'sat'], 'sun'), 'all again').toEqual([]);
  expect(turnDay(['wed', 'mon'], 'tue'), 'in order').toEqual(['mon', 'tue', 'wed']);
  expect(turnDay(['mon'], 'mon'), 'the last one stays').toEqual(['mon']);
});
