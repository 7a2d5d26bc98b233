import { expect, it } from 'vitest';
import { append, fresh, prepend, renew, type Page } from './pages';

const page = (...rows: number[]): Page<number, number> => ({
  rows,
  next: rows.at(-1) ?? null,
  previous: rows[0] ?? null,
});
const key = (row: number) => row;

it('keeps a window of pages, whichever way it moves', () => {
  const pages = [page(1, 2), page(3, 4)];
  expect(append(pages, page(5, 6), 2).flatMap(({ rows }) => rows)).toEqual([3, 4, 5, 6]);
  expect(prepend(pages, page(-1, 0), 2).flatMap(({ rows }) => rows)).toEqual([-1, 0, 1, 2]);
  expect(append(pages, page(5), 9)).toHaveLength(3);
});

it('knows how to go on from both ends of the window', () => {
  const pages = append([page(1, 2), page(3, 4)], page(5, 6), 2);
  expect([pages[0]?.previous, pages.at(-1)?.next]).toEqual([3, 6]);
});

it('renews rows where they stand and lets no new one in', () => {
  const row = (id: number, text: string) => ({ id, text });
  const pages = [{ rows: [row(2, 'old'), row(1, 'old')], next: null, previous: null }];
  const renewed = renew(pages, [row(3, 'new'), row(2, 'new')], ({ id }) => id);
  expect(renewed[0]?.rows).toEqual([row(2, 'new'), row(1, 'old')]);
});

it('counts what came since', () => {
  expect(fresh([3, 2, 1], [5, 4, 3, 2], key)).toBe(2);
  expect(fresh([3, 2, 1], [3, 2, 1], key)).toBe(0);
  expect(fresh([], [2, 1], key)).toBe(2);
  expect(fresh([1], [9, 8], key)).toBe(2);
});
