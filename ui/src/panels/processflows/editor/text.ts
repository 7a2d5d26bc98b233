// Small things about texts: the engine counts characters, the page counts UTF-16 units; and the smallest change
// that makes one text another.
import type { Mark } from '../../../api';

/** Line and column of the engine (from 1, in characters) as an offset of the page; the nearest there is. */
export function offsetOf(text: string, line: number, column: number): number {
  let start = 0;
  for (let n = 1; n < line; n++) {
    const end = text.indexOf('\n', start);
    if (end < 0) return text.length;
    start = end + 1;
  }
  const end = text.indexOf('\n', start);
  const letters = Array.from(text.slice(start, end < 0 ? text.length : end));
  return start + letters.slice(0, Math.max(0, column - 1)).join('').length;
}

/** An offset of the page as line and column of the engine. */
export function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const start = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: Array.from(before.slice(start)).length + 1 };
}

/** Where a problem stands, never empty unless the text is. */
export function pieceOfMark(text: string, mark: Mark): { from: number; to: number } {
  const from = offsetOf(text, mark.line, mark.column);
  const to = Math.max(from, offsetOf(text, mark.end_line, mark.end_column));
  if (to > from) return { from, to };
  return from < text.length && text[from] !== '\n'
    ? { from, to: from + 1 }
    : { from: Math.max(0, from - 1), to: from };
}

/** The smallest single replacement that makes `before` into `after`; nothing when they are the same. */
export function smallestChange(
  before: string,
  after: string,
): { from: number; to: number; insert: string } | undefined {
  if (before === after) return undefined;
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < most - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  return { from: start, to: before.length - end, insert: after.slice(start, after.length - end) };
}

/** Lines of two texts, with those that the other one does not have. */
export function sideBySide(
  mine: string,
  theirs: string,
): Record<'mine' | 'theirs', { text: string; own: boolean }[]> {
  const left = mine.split('\n');
  const right = theirs.split('\n');
  // Longest common subsequence; a processflow has hundreds of lines at most.
  const width = right.length + 1;
  const table = new Uint32Array((left.length + 1) * width);
  const at = (i: number, j: number) => table[i * width + j] ?? 0;
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      table[i * width + j] =
        left[i] === right[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const common = { left: new Set<number>(), right: new Set<number>() };
  for (let i = 0, j = 0; i < left.length && j < right.length;) {
    if (left[i] === right[j]) {
      common.left.add(i++);
      common.right.add(j++);
    } else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return {
    mine: left.map((text, n) => ({ text, own: !common.left.has(n) })),
    theirs: right.map((text, n) => ({ text, own: !common.right.has(n) })),
  };
}
