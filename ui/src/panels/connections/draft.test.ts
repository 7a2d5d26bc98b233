import { expect, it } from 'vitest';

import type { ConnectionRow, ConnectorRow } from '../../api';
import { draftOf, isDirty, settingsFrom, toSave, wrongs } from './draft';
import { askedOf, signsIn } from './schema';

const store: ConnectorRow = {
  connector: 'bigcommerce',
  title: 'BigCommerce',
  about: '',
  reads: 1,
  writes: 0,
  secrets: [
    {
      field: 'token',
      title: 'API Token',
      required: true,
      when: { field: 'auth', values: ['token', 'legacy'] },
      for_sign_in: false,
    },
    {
      field: 'client_secret',
      title: 'Client Secret',
      required: true,
      when: { field: 'auth', values: ['oauth'] },
      for_sign_in: true,
    },
  ],
  settings: {
    $defs: {
      Auth: { oneOf: [{ const: 'token' }, { const: 'legacy' }, { const: 'oauth' }] },
      Flag: { anyOf: [{ type: 'boolean' }, { type: 'string' }] },
    },
    properties: {
      allow_host: { $ref: '#/$defs/Flag', default: false },
      api_path: { type: 'string', default: '', 'x-required-when': { auth: ['token', 'legacy'] } },
      auth: { $ref: '#/$defs/Auth' },
      sandbox: { $ref: '#/$defs/Flag' },
      client_id: {
        type: ['string', 'null'],
        default: null,
        'x-when': { auth: ['oauth'] },
        'x-required-when': { auth: ['oauth'] },
      },
      granted: { type: ['string', 'null'], default: null, 'x-told': true },
      username: { type: ['string', 'null'], default: null, 'x-when': { auth: ['token', 'legacy'] } },
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
  const asked = (auth: string) => askedOf(store, { auth }).map(({ name, kind, rare }) => [name, kind, rare]);
  expect(asked('token')).toEqual([
    ['auth', 'choice', false],
    ['api_path', 'text', false],
    ['username', 'text', false],
    ['token', 'secret', false],
    ['allow_host', 'text', true],
  ]);
  expect(asked('oauth')).toEqual([
    ['auth', 'choice', false],
    ['api_path', 'text', false],
    ['client_id', 'text', false],
    ['client_secret', 'secret', false],
    ['allow_host', 'text', true],
  ]);
});

it('sends what belongs to the chosen kind alone, and keeps what a sign-in told', () => {
  const signed: ConnectionRow = {
    ...saved,
    settings: { api_path: 'abc123', auth: 'oauth', granted: 'store_cart' },
  };
  const draft = draftOf(store, signed, '');
  expect(Object.keys(wrongs(store, draft, nothing))).toEqual(['client_id', 'client_secret']);
  draft.values = { ...draft.values, client_id: 'c1', client_secret: 's1', token: 'of another kind' };
  expect(toSave(store, draft, signed)).toMatchObject({
    settings: { api_path: 'abc123', auth: 'oauth', client_id: 'c1' },
    secrets: { client_secret: 's1' },
  });
  expect(toSave(store, draft, signed).settings).not.toHaveProperty('granted');
  expect(signsIn(store, draft.values)).toBe(true);
  expect(signsIn(store, { auth: 'token' })).toBe(false);
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
