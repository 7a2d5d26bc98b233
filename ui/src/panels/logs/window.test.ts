import { expect, it } from 'vitest';

import type { Line, LogLines } from '../../api';
import { MOST, NOTHING, startAt, withEarlier, withLater } from './window';

const line = (number: number): Line => ({
  time: '2026-11-21T09:00:00Z',
  level: 'info',
  target: 't',
  message: String(number),
});

/** The lines from…to of a log whose places are numbers. */
function page(from: number, to: number): LogLines {
  const lines = Array.from({ length: to - from }, (_, at) => line(from + at));
  const places = { begin: String(from), end: String(to), earlier: from > 0 };
  return { lines, ...places, before_bytes: from, total_bytes: 1_000_000 };
}

it('holds some thousand lines of a million, whichever way one goes', () => {
  let now = startAt(page(999_500, 1_000_000), true);
  for (let to = 999_500; to > 900_000; to -= 500) now = withEarlier(now, page(to - 500, to));
  expect(now.lines.length).toBeLessThanOrEqual(MOST + 500);
  expect(now.lines[0]?.message).toBe('900000');
  expect(now.atEnd, 'the end was let go').toBe(false);
  const end = Number(now.pages.at(-1)?.end);
  expect(now.lines.at(-1)?.message, 'the place to go on from is that of the last line held').toBe(
    String(end - 1),
  );
  for (let from = end; from < end + 50_000; from += 500) now = withLater(now, page(from, from + 500), false);
  expect(now.lines.length).toBeLessThanOrEqual(MOST + 500);
  expect(now.lines.at(-1)?.message).toBe(String(end + 49_999));
  expect(now.earlier).toBe(true);
  const messages = now.lines.map(({ message }) => Number(message));
  expect(messages.every((value, at) => at === 0 || value === (messages[at - 1] ?? 0) + 1)).toBe(true);
});

it('keeps a line’s key while others come and go', () => {
  const key = (now: typeof NOTHING, message: string) =>
    now.first + now.lines.findIndex((held) => held.message === message);
  let now = startAt(page(5000, 5500), true);
  const before = key(now, '5200');
  now = withEarlier(now, page(4500, 5000));
  expect(key(now, '5200')).toBe(before);
  for (let from = 5500; from < 9000; from += 500) now = withLater(now, page(from, from + 500), true);
  expect(key(now, '5200'), 'let go of the first page').toBe(before);
});

it('moves on over what has no lines', () => {
  let now = startAt(page(100, 200), true);
  now = withEarlier(now, { ...page(50, 50), begin: '50', end: '100' });
  expect(now.pages).toHaveLength(1);
  expect(now.pages[0]).toMatchObject({ begin: '50', end: '200' });
  now = withLater(now, { ...page(300, 300), begin: '200', end: '300' }, true);
  expect(now.pages[0]).toMatchObject({ begin: '50', end: '300' });
});
