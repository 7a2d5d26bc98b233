import { expect, it } from 'vitest';
import type { ActionRow, Form, FormStep, FormSteps } from '../../../api';
import { actionEdits, actionStep, allSteps, emptyStep, fixed, insertStep, wayEdit } from './steps';

const action = (name: string, parameters: string[], required: string[] = []): ActionRow => ({
  connector: 'sql',
  action: name,
  does: 'write',
  about: '',
  scope: null,
  guarantee: null,
  largest_batch: null,
  with: { properties: Object.fromEntries(parameters.map((one) => [one, { type: 'string' }])), required },
});
const step = (at: number, written: unknown) =>
  ({ kind: 'write', path: ['steps', at], with: written }) as FormStep;
const list = (count: number, path = ['steps']) => ({ path, steps: Array<FormStep>(count) });
const form = (connections: string[], steps: number) =>
  ({ connections: connections.map((name) => ({ name, value: 'sql' })), steps: Array(steps) }) as Form;

it('keeps the parameters that the new action knows as well, and takes out the others', () => {
  const edits = actionEdits(
    step(2, { table: 'ORDERS', key: ['ID'] }),
    action('table.insert', ['table', 'mode'], ['table', 'mode']),
    'erp',
    false,
    form(['erp'], 3),
  );
  expect(edits).toEqual([
    { path: ['steps', 2, 'write', 'action'], change: { set: 'erp/table.insert' } },
    { path: ['steps', 2, 'write', 'with', 'mode'], change: { set: '' } },
    { path: ['steps', 2, 'write', 'with', 'key'], change: 'remove' },
  ]);
});

it('leaves no empty parameters behind', () => {
  const edits = actionEdits(
    step(0, { key: ['ID'] }),
    action('table.clear', []),
    'erp',
    false,
    form(['erp'], 1),
  );
  expect(edits.at(-1)).toEqual({ path: ['steps', 0, 'write', 'with'], change: 'remove' });
});

it('brings the connection along that an action needs', () => {
  const upsert = action('table.upsert', ['table'], ['table']);
  const into = { write: { action: 'erp/table.upsert', with: { table: '' } } };
  expect(actionStep('write', list(1), 1, upsert, 'erp', true, form(['shop'], 1))).toEqual([
    { path: ['connections', 'erp'], change: { set: 'sql' } },
    { path: ['steps', 1], change: { insert: into } },
  ]);
  expect(actionStep('write', list(0), 0, upsert, 'erp', true, form([], 0)), 'the first of a file').toEqual([
    { path: ['connections'], change: { set: { erp: 'sql' } } },
    { path: ['steps'], change: { set: [into] } },
  ]);
});

it('begins the list of steps where there is none', () => {
  expect(insertStep(list(0), 0, { skip: {} })).toEqual({ path: ['steps'], change: { set: [{ skip: {} }] } });
});

it('adds to the list that lies inside of a step', () => {
  const path = ['steps', 2, 'branch', 1, 'steps'] as never as string[];
  const into = { delay: '' };
  expect(insertStep(list(1, path), 1, into)).toEqual({ path: [...path, 1], change: { insert: into } });
});

it('asks for what a fetch needs with an expression over the record', () => {
  const get = { ...action('orders.get', ['id', 'include'], ['id']), does: 'read' as const };
  expect(actionStep('fetch', list(1), 1, get, 'shop', false, form(['shop'], 1))).toEqual([
    {
      path: ['steps', 1],
      change: { insert: { fetch: { action: 'shop/orders.get', map: { id: '' }, as: '' } } },
    },
  ]);
});

it('gives a fetch another action: what both are asked with stays, in `with` and in `map`', () => {
  const fetch = {
    kind: 'fetch',
    path: ['steps', 1],
    with: { include: 'products' },
    values: [{ name: 'order', value: 'id' }],
    has_map: true,
  } as never as FormStep;
  const lines = action('lines', ['include', 'order', 'limit'], ['order', 'limit']);
  const path = ['steps', 1, 'fetch'];
  expect(actionEdits(fetch, lines, 'shop', false, form(['shop'], 2))).toEqual([
    { path: [...path, 'action'], change: { set: 'shop/lines' } },
    { path: [...path, 'map', 'limit'], change: { set: '' } },
  ]);
  const other = action('other', ['sku'], ['sku']);
  expect(actionEdits(fetch, other, 'shop', false, form(['shop'], 2)).slice(1)).toEqual([
    { path: [...path, 'with'], change: 'remove' },
    { path: [...path, 'map', 'sku'], change: { set: '' } },
    { path: [...path, 'map', 'order'], change: 'remove' },
  ]);
});

it('keeps the fields a write maps when its action changes', () => {
  const write = { ...step(1, null), values: [{ name: 'SKU', value: 'sku' }], has_map: true } as FormStep;
  expect(actionEdits(write, action('insert', []), 'erp', false, form(['erp'], 2))).toEqual([
    { path: ['steps', 1, 'write', 'action'], change: { set: 'erp/insert' } },
  ]);
});

it('begins each kind of step with what it needs', () => {
  expect(emptyStep('branch')).toEqual({ branch: [{ when: '', steps: [] }] });
  expect(emptyStep('for_each')).toEqual({ for_each: { in: '', steps: [] } });
  expect(emptyStep('merge')).toEqual({ merge: { by: {}, as: '' } });
});

it('puts a new way before the one of all others, which stays the last', () => {
  const way = (when: string | null) => ({ when, steps: [], path: [] }) as FormSteps;
  const branch = (...inside: FormSteps[]) => ({ ...step(1, null), kind: 'branch', inside }) as FormStep;
  const path = ['steps', 1, 'branch'];
  const ruled = { insert: { when: '', steps: [] } };
  expect(wayEdit(branch(way('a'), way(null)), false)).toEqual({ path: [...path, 1], change: ruled });
  expect(wayEdit(branch(way('a')), false)).toEqual({ path: [...path, 1], change: ruled });
  expect(wayEdit(branch(way('a')), true)).toEqual({ path: [...path, 1], change: { insert: { steps: [] } } });
  expect(wayEdit(branch(), false)).toEqual({ path, change: { set: [{ when: '', steps: [] }] } });
});

it('knows the steps inside of steps, and which ones stay at the beginning', () => {
  const of = (kind: string, ...inside: FormStep[][]) =>
    ({ kind, inside: inside.map((steps) => ({ steps })) }) as FormStep;
  const steps = [of('read'), of('branch', [of('for_each', [of('set')])], [of('delay')]), of('write')];
  const kinds = allSteps(steps).map(({ kind }) => kind);
  expect(kinds).toEqual(['read', 'branch', 'for_each', 'set', 'delay', 'write']);
  expect([fixed(steps), fixed([of('read'), of('merge')]), fixed([of('merge')]), fixed([])]).toEqual([
    1, 2, 0, 0,
  ]);
});
