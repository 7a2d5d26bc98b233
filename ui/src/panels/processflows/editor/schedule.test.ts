import { expect, it } from 'vitest';
import { catchUpEdits, dayEdits, daysOf, kindEdits, kindOf } from './schedule';

it('knows the kind of a schedule by what is written', () => {
  expect(kindOf({ every: '15 min' })).toBe('every');
  expect(kindOf({ daily: '06:00', zone: 'Europe/Berlin' })).toBe('daily');
  expect(kindOf(null)).toBe('none');
  expect(kindOf('06:00'), 'what the form has no field for is left to the text').toBe('none');
});

it('keeps what means the same when the kind changes', () => {
  const written = { daily: '07:30', weekdays: ['mon'], zone: 'Europe/Berlin', catch_up: 'none' };
  expect(kindEdits(written, 'daily')).toEqual([]);
  expect(kindEdits(written, 'cron')).toEqual([
    {
      path: ['schedule'],
      change: { set: { cron: '*/15 8-18 * * 1-5', zone: 'Europe/Berlin', catch_up: 'none' } },
    },
  ]);
  expect(kindEdits(written, 'every'), 'an interval has no time zone').toEqual([
    { path: ['schedule'], change: { set: { every: '15 min', catch_up: 'none' } } },
  ]);
  expect(kindEdits(written, 'none')).toEqual([{ path: ['schedule'], change: 'remove' }]);
  expect(kindEdits(null, 'none')).toEqual([]);
});

it('writes days only where some are left out', () => {
  const path = ['schedule', 'weekdays'];
  expect(daysOf({ daily: '06:00' })).toHaveLength(7);
  expect(dayEdits({ daily: '06:00' }, 'sun')).toEqual([
    { path, change: { set: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat'] } },
  ]);
  const workdays = { daily: '06:00', weekdays: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat'] };
  expect(dayEdits(workdays, 'sun'), 'all days again').toEqual([{ path, change: 'remove' }]);
  expect(dayEdits({ daily: '06:00', weekdays: ['mon'] }, 'mon'), 'a schedule without a day').toEqual([]);
});

it('writes only that missed runs are not made up for', () => {
  const path = ['schedule', 'catch_up'];
  expect(catchUpEdits({ every: '1 h' }, true)).toEqual([]);
  expect(catchUpEdits({ every: '1 h' }, false)).toEqual([{ path, change: { set: 'none' } }]);
  expect(catchUpEdits({ every: '1 h', catch_up: 'none' }, true)).toEqual([{ path, change: 'remove' }]);
});
