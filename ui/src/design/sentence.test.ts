import { expect, it } from 'vitest';
import { pieces } from './sentence';

const said = (sentence: string) => pieces(sentence).map(({ text, code }) => (code ? `<${text}>` : text));

it('sets names apart from the sentence they stand in', () => {
  expect(said('field `quantity`: `int`: it needs a number')).toEqual([
    'field ',
    '<quantity>',
    ': ',
    '<int>',
    ': it needs a number',
  ]);
  expect(said('plain words')).toEqual(['plain words']);
  expect(said('`erp` is connection `erp`.')).toEqual(['<erp>', ' is connection ', '<erp>', '.']);
});

it('loses no character where backticks do not pair up', () => {
  expect(said('a ` alone').join('')).toBe('a ` alone');
  expect(said('`one` and ` more').join('')).toBe('<one> and ` more');
  expect(said('')).toEqual([]);
});
