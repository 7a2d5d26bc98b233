import { expect, it } from 'vitest';
import { missingOf, partsOf, skippedOf } from './balance';

const counts = { read: 20, written: 10, unchanged: 0, skipped: { 'not paid': 2, 'no lines': 5 }, failed: 3 };

it('says what became of each record, the commonest reason first', () => {
  expect(partsOf(counts)).toEqual([
    { kind: 'written', count: 10 },
    { kind: 'skipped', reason: 'no lines', count: 5 },
    { kind: 'skipped', reason: 'not paid', count: 2 },
    { kind: 'failed', count: 3 },
  ]);
  expect(skippedOf(counts)).toBe(7);
});

it('notices a balance that does not hold, in both directions', () => {
  expect(missingOf(counts)).toBe(0);
  expect(missingOf({ ...counts, read: 21 })).toBe(1);
  expect(missingOf({ ...counts, written: 12 })).toBe(-2);
});
