import { expect, it } from 'vitest';
import { lineAndColumn, offsetOf, pieceOfMark, sideBySide, smallestChange } from './text';

it('counts characters as the engine does, where one is two units of the page', () => {
  const text = 'a\n😀b: c\n';
  expect(offsetOf(text, 2, 2)).toBe(4);
  expect(lineAndColumn(text, 4)).toEqual({ line: 2, column: 2 });
  expect(offsetOf(text, 9, 9)).toBe(text.length);
});

it('marks something for a problem that is a point', () => {
  const mark = { severity: 'mistake' as const, message: '', hint: null };
  const point = (line: number, column: number) => ({
    ...mark,
    line,
    column,
    end_line: line,
    end_column: column,
  });
  expect(pieceOfMark('ab\ncd', point(1, 1))).toEqual({ from: 0, to: 1 });
  expect(pieceOfMark('ab\ncd', point(1, 3))).toEqual({ from: 1, to: 2 });
  expect(pieceOfMark('', point(1, 1))).toEqual({ from: 0, to: 0 });
});

it('changes no more than what differs', () => {
  expect(smallestChange('aXb', 'aYYb')).toEqual({ from: 1, to: 2, insert: 'YY' });
  expect(smallestChange('aa', 'aaa')).toEqual({ from: 2, to: 2, insert: 'a' });
  expect(smallestChange('same', 'same')).toBeUndefined();
});

it('shows which lines only one side has', () => {
  const { mine, theirs } = sideBySide('a\nb\nc', 'a\nc\nd');
  expect(mine.filter(({ own }) => own).map(({ text }) => text)).toEqual(['b']);
  expect(theirs.filter(({ own }) => own).map(({ text }) => text)).toEqual(['d']);
});
