import { expect, it } from 'vitest';
import { historyBegin, periodOf, plotBegin, pointEnd, unitOf } from './period';

const NOW = Date.parse('2026-03-12T10:30:45.123Z');

it('reads the address, and takes a week for what it does not know', () => {
  expect([periodOf('year'), periodOf(null), periodOf('eternity')]).toEqual(['year', 'week', 'week']);
});

it('begins so long ago, at a whole minute', () => {
  expect(plotBegin('day', NOW)).toBe('2026-03-11T10:30:00.000Z');
  expect(plotBegin('all', NOW)).toBe(plotBegin('year', NOW));
  expect(historyBegin('all', NOW)).toBeNull();
  expect(historyBegin('week', NOW)).toBe('2026-03-05T10:30:00.000Z');
});

it('draws hours for a week and days beyond it', () => {
  expect([unitOf('week'), unitOf('month')]).toEqual(['hour', 'day']);
});

it('ends a point where the next one begins: the day the clocks change has 23 hours', () => {
  expect(pointEnd('2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z', 'day')).toBe('2026-03-29T22:00:00Z');
  expect(pointEnd('2026-03-12T10:00:00Z', undefined, 'hour')).toBe('2026-03-12T11:00:00.000Z');
});
