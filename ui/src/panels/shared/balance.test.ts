import { expect, it } from 'vitest';
import { balanceWords, missingOf, partsOf, skippedOf } from './balance';

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

it('says it in a sentence, and leaves out what is nothing', () => {
  const figures = {
    read: 1500,
    written: 1488,
    unchanged: 0,
    skipped: { 'not paid yet': 10, test: 1 },
    failed: 1,
  };
  expect(balanceWords(figures)).toBe('1,500 read: 1,488 written, 11 skipped, 1 failed');
  expect(balanceWords({ ...figures, read: 0, written: 0, skipped: 0, failed: 0 })).toBe('0 read');
});
