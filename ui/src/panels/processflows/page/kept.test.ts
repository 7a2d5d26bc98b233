import { expect, test } from 'vitest';
import { shownValue, typedValue } from './kept';

test('a value is shown as it is typed', () => {
  expect(shownValue('0017')).toBe('0017');
  expect(shownValue(17)).toBe('17');
  expect(shownValue({ a: [1] })).toBe('{"a":[1]}');
  expect(shownValue(null)).toBe('null');
});

test('a text stays a text, and a number a number', () => {
  expect(typedValue('0016', '0017')).toBe('0017');
  expect(typedValue(16, '17')).toBe(17);
  expect(typedValue(16, 'none')).toBe('none');
  expect(typedValue(null, 'true')).toBe(true);
});
