import { expect, it } from 'vitest';
import type { ActionRow, Form, FormStep } from '../../../api';
import { actionEdits, actionStep, insertStep } from './steps';

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
const step = (written: unknown) => ({ kind: 'write', with: written }) as FormStep;
const form = (connections: string[], steps: number) =>
  ({ connections: connections.map((name) => ({ name, value: 'sql' })), steps: Array(steps) }) as Form;

it('keeps the parameters that the new action knows as well, and takes out the others', () => {
  const edits = actionEdits(
    2,
    'write',
    step({ table: 'ORDERS', key: ['ID'] }),
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
    0,
    'write',
    step({ key: ['ID'] }),
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
  expect(actionStep('write', 1, upsert, 'erp', true, form(['shop'], 1))).toEqual([
    { path: ['connections', 'erp'], change: { set: 'sql' } },
    { path: ['steps', 1], change: { insert: into } },
  ]);
  expect(actionStep('write', 0, upsert, 'erp', true, form([], 0)), 'the first of a file').toEqual([
    { path: ['connections'], change: { set: { erp: 'sql' } } },
    { path: ['steps'], change: { set: [into] } },
  ]);
});

it('begins the list of steps where there is none', () => {
  expect(insertStep(0, { skip: {} }, null)).toEqual({ path: ['steps'], change: { set: [{ skip: {} }] } });
});
