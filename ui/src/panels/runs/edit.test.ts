import { expect, it } from 'vitest';
import { read } from './edit';

it('reads a record and nothing else', () => {
  expect(read('{"a":9007199254740993}')).toEqual({ record: '{\n  "a": 9007199254740993\n}' });
  expect(read('[1]')).toEqual({ wrong: { kind: 'object' } });
  expect(read('null')).toEqual({ wrong: { kind: 'object' } });
});

it('says where the text breaks', () => {
  expect(read('{\n  "a": 1,\n  b\n}')).toMatchObject({ wrong: { kind: 'json', line: 3 } });
  expect(read('{')).toMatchObject({ wrong: { kind: 'json', line: 1 } });
});
