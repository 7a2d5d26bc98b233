import { expect, it } from 'vitest';
import { isExact, read } from './edit';

it('reads a record and nothing else', () => {
  expect(read('{"a": 1}')).toEqual({ value: { a: 1 } });
  expect(read('[1]')).toEqual({ wrong: { kind: 'object' } });
  expect(read('null')).toEqual({ wrong: { kind: 'object' } });
});

it('says where the text breaks', () => {
  expect(read('{\n  "a": 1,\n  b\n}')).toMatchObject({ wrong: { kind: 'json', line: 3 } });
  expect(read('{')).toMatchObject({ wrong: { kind: 'json', line: 1 } });
});

it('notices numbers that a window cannot hold', () => {
  expect(isExact({ id: 9007199254740991, price: 10.1, deep: [{ n: -5 }] })).toBe(true);
  expect(isExact({ deep: [{ n: 9007199254740993 }] })).toBe(false);
});
