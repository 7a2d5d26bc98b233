import { expect, it } from 'vitest';

import type { GraphNode } from '../../../api';
import { countsOf } from './kinds';

const none = { records: 0, skipped: 0, written: 0, unchanged: 0, failed: 0 };
const at = (kind: string, counts: Partial<typeof none>) =>
  countsOf({ kind, counts: { ...none, ...counts } } as GraphNode).map(
    ({ what, number }) => `${what} ${number}`,
  );

it('says a zero only where there is nothing else to say', () => {
  expect(at('write', { written: 3, unchanged: 2 })).toEqual(['written 3', 'unchanged 2']);
  expect(at('write', { unchanged: 29_268 })).toEqual(['unchanged 29268']);
  expect(at('write', {})).toEqual(['written 0']);
  expect(at('read', {})).toEqual(['read 0']);
  expect(at('skip', {})).toEqual(['skipped 0']);
});
