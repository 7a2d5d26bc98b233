import { expect, it } from 'vitest';
import { compare, mapped, pretty } from './difference';

const told = (before: string, after: string) =>
  compare(before, after).map(({ side, text }) => ({ same: ' ', gone: '-', new: '+' })[side] + text);

it('shows what went and what came, and nothing twice', () => {
  expect(told('a\nb\nc', 'a\nx\nc')).toEqual([' a', '-b', '+x', ' c']);
  expect(told('a\nb', 'a\nb')).toEqual([' a', ' b']);
  expect(told('a', 'a\nb')).toEqual([' a', '+b']);
  expect(told('a\nb\nc\nd', 'b\nd\ne')).toEqual(['-a', ' b', '-c', ' d', '+e']);
  expect(told('a\na', 'a')).toEqual([' a', '-a']);
});

it('reads JSON where it is JSON', () => {
  expect(pretty({ a: [1] })).toBe('{\n  "a": [\n    1\n  ]\n}');
});

it('finds the fields a value can have come from', () => {
  const record = { id: 1042, billing: { city: 'Oslo' }, shipping: { city: 'Oslo' }, paid: true };
  expect(mapped(record, { ORDER: 1042, CITY: 'Oslo', PAID: true, NAME: 'Ada Lovelace' })).toEqual([
    { field: 'ORDER', value: 1042, from: ['id'] },
    { field: 'CITY', value: 'Oslo', from: ['billing.city', 'shipping.city'] },
    { field: 'PAID', value: true, from: [] },
    { field: 'NAME', value: 'Ada Lovelace', from: [] },
  ]);
  expect(mapped(record, 'text')).toEqual([]);
});
