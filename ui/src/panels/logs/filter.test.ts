import { expect, it } from 'vitest';

import { addressOf, ALL, filterOf, isFiltered, wantedFrom } from './filter';

it('stands in the address and comes back from it', () => {
  const wanted = { ...ALL, level: 'warn' as const, text: 'order 7 & more', from: '2026-11-21T09:30' };
  const [, query] = addressOf(wanted).split('?');
  expect(wantedFrom(new URLSearchParams(query))).toEqual(wanted);
  expect(isFiltered(wanted)).toBe(true);
  expect(addressOf(ALL)).toBe('#/logs');
  expect(isFiltered(ALL)).toBe(false);
});

it('takes nothing from an address that nobody offers', () => {
  const odd = new URLSearchParams('level=loud&last=century&from=yesterday');
  expect(wantedFrom(odd)).toEqual(ALL);
});

it('asks for a period that ends now, or for one of its own', () => {
  const now = Date.parse('2026-11-21T10:00:00Z');
  expect(filterOf({ ...ALL, last: '1h' }, now)).toMatchObject({
    since: '2026-11-21T09:00:00.000Z',
    until: null,
  });
  const own = filterOf({ ...ALL, from: '2026-11-21T09:30', to: '2026-11-21T09:40' }, now);
  expect(Date.parse(own.until ?? '') - Date.parse(own.since ?? '')).toBe(600_000);
  expect(filterOf(ALL, now)).toMatchObject({ since: null, until: null, level: null, text: null });
});
