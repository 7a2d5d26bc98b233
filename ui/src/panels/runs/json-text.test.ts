import { expect, it } from 'vitest';
import { layOut } from './json-text';

it('lays JSON out as the window would', () => {
  const value = { a: 1, none: {}, empty: [], list: [1, [2, { b: null }], 'x, y: {z}'], 'q"\\': 'é\n' };
  expect(layOut(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2));
  expect(layOut(JSON.stringify(value, null, 7))).toBe(JSON.stringify(value, null, 2));
  for (const plain of ['null', '-1.5e3', '"a b"', '[]', '{}']) expect(layOut(plain)).toBe(plain);
});

it('keeps every digit and letter', () => {
  expect(layOut('{"id":9007199254740993,"total":10.10,"e":1E+2,"s":"\\u00e9"}')).toBe(
    '{\n  "id": 9007199254740993,\n  "total": 10.10,\n  "e": 1E+2,\n  "s": "\\u00e9"\n}',
  );
});

it('leaves alone what is no JSON', () => {
  expect(layOut('{"a": 1,}')).toBe('{"a": 1,}');
  expect(layOut('<html>')).toBe('<html>');
});
