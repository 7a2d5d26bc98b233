import { expect, it } from 'vitest';
import type { ActionRow, JsonValue } from '../../../api';
import { paramsOf, plainValue, splitAction, typed, valueOf } from './params';

const action = (properties: JsonValue, required: string[] = []): ActionRow => ({
  connector: 'sql',
  action: 'table.upsert',
  does: 'write',
  about: '',
  scope: null,
  guarantee: null,
  largest_batch: null,
  with: {
    properties,
    required,
    $defs: {
      Include: { oneOf: [{ type: 'string', const: 'products', description: 'All lines.' }] },
      Header: { anyOf: [{ type: 'boolean' }, { type: 'array', items: { type: 'string' } }] },
    },
  },
});

it('draws each parameter as what its schema says', () => {
  const params = paramsOf(
    action(
      {
        create: { type: ['object', 'null'], additionalProperties: { type: 'string' } },
        table: { type: 'string' },
        key: { type: 'array', items: { type: 'string' }, default: ['id'] },
        include: { type: 'array', items: { $ref: '#/$defs/Include' } },
        header: { $ref: '#/$defs/Header' },
        location_id: { type: ['integer', 'null'] },
        allow: { type: 'boolean' },
        sql: { type: 'string' },
      },
      ['table'],
    ),
  );
  expect(params[0]?.name, 'what must be filled in comes first').toBe('table');
  const kinds = Object.fromEntries(params.map(({ name, kind }) => [name, kind]));
  expect(kinds).toEqual({
    table: 'text',
    create: 'table',
    key: 'words',
    include: 'choices',
    header: 'json',
    location_id: 'number',
    allow: 'switch',
    sql: 'long',
  });
  expect(params.find(({ name }) => name === 'include')?.choices).toEqual([
    { value: 'products', about: 'All lines.' },
  ]);
});

it('brings values into fields and back', () => {
  for (const [kind, value] of [
    ['words', ['A', 'B']],
    ['number', 7],
    ['text', 'x'],
    ['json', { a: [1] }],
  ] as const) {
    expect(valueOf(kind, typed(kind, value as JsonValue))).toEqual(value);
  }
  expect(valueOf('text', '  ')).toBeUndefined();
  expect(() => valueOf('json', '{a')).toThrow(SyntaxError);
});

it('loses no digit of a filter’s value', () => {
  expect(plainValue('11')).toBe(11);
  expect(plainValue('007')).toBe('007');
  expect(plainValue('12345678901234567890')).toBe('12345678901234567890');
  expect(plainValue('true')).toBe(true);
});

it('parts an action from its connection', () => {
  expect(splitAction('store/orders.changed')).toEqual({ alias: 'store', action: 'orders.changed' });
  expect(splitAction(null)).toEqual({ alias: '', action: '' });
});
