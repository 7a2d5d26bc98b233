import { expect, it } from 'vitest';

import { balances, balanceWords } from './balance';

const figures = {
  read: 1500,
  written: 1488,
  unchanged: 0,
  skipped: { 'not paid yet': 10, test: 1 },
  failed: 1,
};

it('says what became of what was read, and leaves out what is nothing', () => {
  expect(balanceWords(figures)).toBe('1,500 read: 1,488 written, 11 skipped, 1 failed');
  expect(balanceWords({ ...figures, read: 0, written: 0, skipped: 0, failed: 0 })).toBe('0 read');
});

it('notices a run that lost a record', () => {
  expect(balances(figures)).toBe(true);
  expect(balances({ ...figures, failed: 0 })).toBe(false);
});
