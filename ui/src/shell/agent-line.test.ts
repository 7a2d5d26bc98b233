import { expect, it } from 'vitest';
import type { QuotaLeft } from '../api';
import { scarcest, useOf } from './agent-line';

const NOW = Date.parse('2026-05-12T10:00:00Z');
const said = (store: string, left: number, more: Partial<QuotaLeft> = {}): QuotaLeft => ({
  store,
  quota: 1000,
  left,
  resets_at: '2026-05-12T10:00:30Z',
  waits_until: null,
  ours: 0,
  reserve: 0,
  waiting: 0,
  used_up_at: null,
  at: '2026-05-12T09:59:59Z',
  ...more,
});

it('tells of the store with the smallest share left', () => {
  expect(scarcest([said('a', 900), said('b', 40)], NOW)).toMatchObject({ store: 'b', left: 40, slow: false });
  expect(scarcest([], NOW), 'nobody was spoken to').toBeUndefined();
});

it('takes a budget for whole once its window is over', () => {
  const over = said('a', 3, { resets_at: '2026-05-12T09:59:59.500Z' });
  expect(scarcest([over], NOW)).toMatchObject({ left: 1000 });
});

it('puts a store that asked to slow down first', () => {
  const slow = said('a', 900, { waits_until: '2026-05-12T10:02:00Z' });
  expect(scarcest([said('b', 1), slow], NOW)).toMatchObject({ slow: true, at: '2026-05-12T10:02:00Z' });
});

it('tells who used a budget, and how long it lasts', () => {
  const busy = said('a', 400, { ours: 450, used_up_at: '2026-05-12T10:00:20Z' });
  expect(useOf(busy, NOW)).toEqual({
    left: 400,
    used: 600,
    ours: 450,
    others: 150,
    forecast: 'usedUp',
    at: '2026-05-12T10:00:20Z',
  });
  const over = Date.parse('2026-05-12T10:00:31Z');
  expect(useOf(busy, over), 'a new window').toMatchObject({
    left: 1000,
    ours: 0,
    others: 0,
    forecast: 'lasts',
  });
  const slow = said('a', 400, { waits_until: '2026-05-12T10:02:00Z', used_up_at: '2026-05-12T10:00:20Z' });
  expect(useOf(slow, NOW)).toMatchObject({ forecast: 'slow', at: '2026-05-12T10:02:00Z' });
});
