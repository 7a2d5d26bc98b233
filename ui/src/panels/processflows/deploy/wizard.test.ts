import { beforeEach, expect, it } from 'vitest';

import type { Preparation } from '../../../api';
import { useTransport } from '../../../api/transport';
import {
  begin,
  boundOf,
  choose,
  chosen,
  deploy,
  editsOf,
  forget,
  goingOf,
  obstacle,
  type Prepared,
} from './wizard.svelte';

const preparation: Preparation = {
  text: 'text',
  processflow: 'orders',
  problems: [],
  connections: [
    {
      alias: 'store',
      connector: 'bigcommerce',
      bound: 'gone',
      proposed: 'shop',
      candidates: [
        { name: 'shop', validated_at: null },
        { name: 'other', validated_at: null },
      ],
    },
  ],
  lookups: [],
  schedule: { written: { every: '15 min' }, zone: 'UTC', next: [] },
  tries: 5,
  does: [],
  deployed: 2,
  changes: null,
};
const prepared: Prepared = {
  text: 'text',
  before: 'text',
  base: 'b1',
  imported: false,
  preparation,
  graph: null,
};

/** Answers by operation, and keeps what was asked. */
function answering(answers: Record<string, (input: unknown) => unknown>) {
  const asked: [string, unknown][] = [];
  useTransport((name, input) => {
    asked.push([name, input]);
    const answer = answers[name];
    return answer ? Promise.resolve(answer(input)) : Promise.reject(new Error(`nobody asked for ${name}`));
  });
  return asked;
}

beforeEach(() => {
  sessionStorage.clear();
  forget('orders');
});

it('changes of the file only what was chosen to be otherwise', () => {
  const note = '';
  const connections = {};
  expect(editsOf({ connections, note, schedule: { every: '15 minutes' }, tries: 5 }, preparation)).toEqual(
    [],
  );
  expect(editsOf({ connections, note, schedule: null, tries: 3 }, preparation)).toEqual([
    { path: ['schedule'], change: 'remove' },
    { path: ['on_failure'], change: { set: { tries: 3 } } },
  ]);
});

it('never binds a connection that is not there any more', () => {
  expect(boundOf({ connections: {}, note: '' }, preparation)).toEqual({ store: 'shop' });
  expect(boundOf({ connections: { store: 'other' }, note: '' }, preparation)).toEqual({ store: 'other' });
  expect(boundOf({ connections: { store: 'removed' }, note: '' }, preparation)).toEqual({ store: 'shop' });
});

it('wants consent to exactly this text the first time, and for what came from elsewhere', () => {
  const imported = { ...prepared, imported: true };
  const first = { ...prepared, preparation: { ...preparation, deployed: null } };
  const choices = { connections: {}, note: '' };
  expect(obstacle(choices, prepared)).toBeUndefined();
  expect(obstacle(choices, imported)).toBe('processflows:deploy.obstacle.consent');
  expect(obstacle({ ...choices, agreed: 'text' }, first)).toBeUndefined();
  expect(obstacle({ ...choices, agreed: 'what it said before' }, imported)).toBe(
    'processflows:deploy.obstacle.consent',
  );
});

it('can be left and come back to', () => {
  begin('orders');
  choose('orders', { note: 'why', tries: 7 });
  begin('orders');
  expect(chosen('orders')).toMatchObject({ note: 'why', tries: 7 });
  expect(sessionStorage.getItem('processflow.deploy.orders')).toContain('why');
});

it('saves what was chosen before it deploys it', async () => {
  const asked = answering({
    deployments: () => [{ number: 4 }],
    save_draft: () => ({ outcome: 'saved', base: 'b2' }),
    deploy: () => ({ version: 3, new: true }),
  });
  await deploy('orders', 'orders', { ...prepared, text: 'other text' });
  expect(asked.map(([name]) => name)).toEqual(['deployments', 'save_draft', 'deploy']);
  expect(asked[1]?.[1]).toEqual({ name: 'orders', text: 'other text', base: 'b1' });
  expect(asked[2]?.[1]).toMatchObject({
    text: 'other text',
    draft: 'orders',
    connections: { store: 'shop' },
  });
  expect(goingOf('orders')).toMatchObject({ state: 'done', version: 3, after: 4 });
});

it('deploys nothing when somebody else changed the draft meanwhile', async () => {
  const asked = answering({
    deployments: () => [],
    save_draft: () => ({ outcome: 'conflict', theirs: null, yours: 'other text' }),
  });
  await deploy('orders', 'orders', { ...prepared, text: 'other text' });
  expect(asked.map(([name]) => name)).not.toContain('deploy');
  expect(goingOf('orders')?.problem?.message).toContain('changed by somebody else');
});

it('keeps what was chosen when it did not succeed', async () => {
  answering({
    deployments: () => [],
    deploy: () => {
      throw Object.assign(new Error('the table is locked'));
    },
  });
  choose('orders', { note: 'why' });
  await deploy('orders', 'orders', prepared);
  expect(goingOf('orders')).toMatchObject({ state: 'failed' });
  expect(chosen('orders').note).toBe('why');
});
