import { expect, it } from 'vitest';

import type { DifferentLine, VersionRow } from '../../../api';
import { partsOf } from './diff';
import { pairOf } from './versions';

const line = (stands: DifferentLine['stands'], at: number): DifferentLine => ({
  stands,
  before: at,
  after: at,
  text: `${at}`,
});

it('folds what stayed the same away from what changed', () => {
  const lines = Array.from({ length: 20 }, (_, at) => line(at === 10 ? 'added' : 'same', at));
  const parts = partsOf(lines);
  expect(parts.map((part) => (part.kind === 'fold' ? -part.count : part.lines.length))).toEqual([-7, 7, -6]);
});

it('loses no line, and folds nothing that is shorter than the fold', () => {
  const lines = Array.from({ length: 9 }, (_, at) => line(at === 0 || at === 8 ? 'removed' : 'same', at));
  expect(partsOf(lines).flatMap((part) => (part.kind === 'lines' ? part.lines : []))).toEqual(lines);
});

const version = (number: number, runs = false) => ({ version: number, runs }) as VersionRow;

it('compares what runs with a draft that differs, else the two newest, unless the address says otherwise', () => {
  const rows = [version(3), version(2, true), version(1)];
  expect(pairOf(rows, true, null, null)).toEqual({ a: '2', b: 'draft' });
  expect(pairOf(rows, false, null, null)).toEqual({ a: '2', b: '3' });
  expect(pairOf(rows, true, '1', '3')).toEqual({ a: '1', b: '3' });
  expect(pairOf(rows, false, '1', '9')).toEqual({ a: '2', b: '3' });
  expect(pairOf([version(1, true)], false, null, null)).toBeUndefined();
});
