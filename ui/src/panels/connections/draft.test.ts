import { expect, it } from 'vitest';

import type { ConnectionRow, ConnectorRow } from '../../api';
import { draftOf, isDirty, settingsFrom, toSave, wrongs } from './draft';
import { fieldsOf } from './schema';

const store: ConnectorRow = {
  connector: 'bigcommerce',
  title: 'BigCommerce',
  about: '',
  reads: 1,
  writes: 0,
  secrets: [{ field: 'token', title: 'API Token', required: true }],
  settings: {
    $defs: {
      Auth: { oneOf: [{ const: 'token' }, { const: 'legacy' }] },
      Flag: { anyOf: [{ type: 'boolean' }, { type: 'string' }] },
    },
    properties: {
      allow_host: { $ref: '#/$defs/Flag', default: false },
      api_path: { type: 'string', default: '' },
      auth: { $ref: '#/$defs/Auth', default: 'token' },
      sandbox: { $ref: '#/$defs/Flag' },
      username: { type: ['string', 'null'], default: null },
    },
  },
};

const saved: ConnectionRow = {
  name: 'shop',
  connector: 'bigcommerce',
  settings: { api_path: 'abc123', username: 'ops' },
  seal: 'https://api.bigcommerce.com/stores/abc123',
  secrets: { token: '2026-05-12T09:41:00Z' },
  validated_at: null,
  checked: null,
  changed_at: '2026-05-12T09:41:00Z',
  understood: [],
  used_by: ['orders-to-database'],
};
const nothing = { saved: undefined, taken: [] };

it('draws the form from the schema: what is asked first, secrets, then what is rare', () => {
  const fields = fieldsOf(store).map(({ name, kind, rare }) => [name, kind, rare]);
  expect(fields).toEqual([
    ['api_path', 'text', false],
    ['username', 'text', false],
    ['token', 'secret', false],
    ['auth', 'choice', true],
    ['allow_host', 'text', true],
  ]);
});

it('asks for path and token of a store, and for nothing of the sandbox', () => {
  const draft = draftOf(store, undefined, 'shop');
  expect(Object.keys(wrongs(store, draft, nothing))).toEqual(['api_path', 'token']);
  expect(wrongs(store, { ...draft, sandbox: true }, nothing)).toEqual({});
  expect(toSave(store, { ...draft, sandbox: true }, undefined)).toMatchObject({
    settings: { sandbox: true },
    secrets: {},
  });
});

it('saves what is typed and no default, and trims what a copy brought along', () => {
  const draft = draftOf(store, undefined, 'shop');
  draft.values = { ...draft.values, api_path: ' abc123 ', token: 's3cret\n' };
  expect(toSave(store, draft, undefined)).toEqual({
    name: 'shop',
    connector: 'bigcommerce',
    settings: { api_path: 'abc123' },
    secrets: { token: 's3cret' },
  });
});

it('keeps a stored token where the place stays, and asks for it anew where it changes', () => {
  const context = { saved, taken: ['shop'] };
  const draft = draftOf(store, saved, '');
  expect(draft.values.token, 'a stored token is never in the form').toBe('');
  draft.values.username = 'someone';
  expect(wrongs(store, draft, context)).toEqual({});
  expect(toSave(store, draft, saved).secrets).toEqual({});
  draft.values.api_path = 'xyz789';
  expect(wrongs(store, draft, context)).toEqual({ token: 'connections:wrong.secretElsewhere' });
});

it('takes emptied settings away by name', () => {
  const draft = draftOf(store, saved, '');
  draft.values.username = '';
  expect(toSave(store, draft, saved).settings).toEqual({ api_path: 'abc123', username: null });
});

it('switches a store to the sandbox without leaving its path behind', () => {
  const draft = { ...draftOf(store, saved, ''), sandbox: true };
  expect(toSave(store, draft, saved).settings).toEqual({ sandbox: true, api_path: null, username: null });
});

it('knows an unsaved change, and its end', () => {
  const before = draftOf(store, saved, '');
  const draft = draftOf(store, saved, '');
  expect(isDirty(draft, before)).toBe(false);
  draft.values.api_path = 'xyz789';
  expect(isDirty(draft, before)).toBe(true);
});

it('refuses names that files and scripts cannot carry, and names that are taken', () => {
  const draft = draftOf(store, undefined, 'my shop');
  expect(wrongs(store, draft, nothing).name).toBe('connections:wrong.name');
  draft.name = 'shop';
  expect(wrongs(store, draft, { saved: undefined, taken: ['shop'] }).name).toBe('connections:wrong.taken');
  expect(settingsFrom(store, draft)).toEqual({});
});
