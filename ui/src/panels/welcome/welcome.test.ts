import { expect, it } from 'vitest';

import type { ConnectionRow, ProcessflowRow, Run } from '../../api';
import type { Target } from '../../api';
import { perDay, sumOf, sumsBy } from './result';
import { nextStep, standingOf } from './steps';

const store = {
  name: 'sandbox',
  connector: 'bigcommerce',
  settings: { sandbox: true },
} as never as ConnectionRow;
const real = {
  name: 'shop',
  connector: 'bigcommerce',
  settings: { api_path: 'abc' },
} as never as ConnectionRow;
const target = {
  name: 'sandbox-erp',
  connector: 'sql',
  settings: { url: 'sqlite:sandbox-erp.db' },
} as never as ConnectionRow;
const flow = (bound: Record<string, string>, last: Partial<Run> | null = null) =>
  ({
    processflow: 'orders-to-database',
    state: 'active',
    connections: bound,
    last,
  }) as never as ProcessflowRow;

it('goes on where it was cut off', () => {
  const at = (connections: ConnectionRow[], flows: ProcessflowRow[]) =>
    nextStep(standingOf(connections, flows));
  const ours = { store: 'sandbox', erp: 'sandbox-erp' };
  expect(at([], [])).toBe('store');
  expect(at([store], [])).toBe('target');
  expect(at([store, target], [])).toBe('flow');
  expect(at([store, target], [flow(ours)])).toBe('run');
  expect(at([store, target], [flow(ours, { status: 'Interrupted' })])).toBe('run');
  expect(at([store, target], [flow(ours, { status: 'Successful' })])).toBeUndefined();
});

it('takes nobody’s own store or processflow for the sandbox', () => {
  expect(standingOf([real], []).store).toBeUndefined();
  const theirs = flow({ store: 'shop', erp: 'sandbox-erp' }, { status: 'Successful' });
  expect(standingOf([store, real, target], [theirs]).flow).toBeUndefined();
});

const shown: Target = {
  connection: 'sandbox-erp',
  table: 'WEB_ORDER',
  columns: ['ORDER_ID', 'TOTAL', 'ORDERED_AT'],
  rows: [
    [3, '1138.4170', '2026-10-28T07:00:00Z'],
    [2, '0.1', '2026-10-28T06:00:00Z'],
    [1, '0.2', '2026-10-26T05:00:00Z'],
  ],
  total: 3,
};

it('adds amounts exactly', () => {
  expect(sumOf(shown, 'TOTAL')).toBe('1138.717');
  expect(sumOf({ ...shown, rows: [[1, '-5.00', '']] }, 'TOTAL')).toBe('-5.00');
  expect(sumOf({ ...shown, rows: [[1, 'many', '']] }, 'TOTAL')).toBeUndefined();
  expect(sumOf(shown, 'ORDERED_AT')).toBeUndefined();
  const mixed = {
    ...shown,
    columns: ['CURRENCY', 'TOTAL'],
    rows: [
      ['USD', '1.50'],
      ['EUR', '2.00'],
      ['USD', '1.00'],
    ],
  };
  expect(sumsBy(mixed, 'TOTAL', 'CURRENCY'), 'currencies are never added').toEqual([
    { of: 'EUR', sum: '2.00' },
    { of: 'USD', sum: '2.50' },
  ]);
  expect(sumsBy(shown, 'TOTAL', 'CURRENCY')).toEqual([]);
});

it('counts orders a day, days without any too', () => {
  expect(perDay(shown)).toEqual([
    { day: '2026-10-26', orders: 1 },
    { day: '2026-10-27', orders: 0 },
    { day: '2026-10-28', orders: 2 },
  ]);
  expect(perDay({ ...shown, columns: ['ORDER_ID', 'TOTAL'], rows: [[1, '2.00']] })).toEqual([]);
});
