// The part of the log that is held: some pages between two places, a few thousand lines at most, however long the log is.
import type { Line, LogLines } from '../../api';

/** A page as it was asked for. */
export interface Page {
  lines: Line[];
  /** Where the look for earlier lines goes on. */
  begin: string;
  /** Where the look for later lines goes on. */
  end: string;
}

/** Lines that are held at most, but for one page. */
export const MOST = 4000;

/**
 * Pages side by side. A line's key stays the same while it is held: lines that come before get smaller keys.
 * Values are replaced, never changed, so that whoever shows them notices.
 */
export interface Held {
  readonly pages: readonly Page[];
  readonly lines: readonly Line[];
  /** The key of the first line. */
  readonly first: number;
  /** There is more before the first line. */
  readonly earlier: boolean;
  /** What is held reaches the end of the log, as far as is known. */
  readonly atEnd: boolean;
}

/** Nothing held yet. */
export const NOTHING: Held = { pages: [], lines: [], first: 0, earlier: false, atEnd: true };

function held(pages: Page[], first: number, earlier: boolean, atEnd: boolean): Held {
  return { pages, lines: pages.flatMap(({ lines }) => lines), first, earlier, atEnd };
}

/** A page without lines only moves the places of the one beside it. */
function joined(before: Page, after: Page): Page[] {
  if (before.lines.length > 0 && after.lines.length > 0) return [before, after];
  return [{ lines: [...before.lines, ...after.lines], begin: before.begin, end: after.end }];
}

/** Begins with the end of the log. */
export function startAt(page: LogLines, atEnd: boolean): Held {
  return held([{ lines: page.lines, begin: page.begin, end: page.end }], 0, page.earlier, atEnd);
}

/** Puts a page of earlier lines in front, and lets go of the last ones when it is too much. */
export function withEarlier(now: Held, page: LogLines): Held {
  const [next, ...others] = now.pages;
  if (!next) return startAt(page, now.atEnd);
  const added = { lines: page.lines, begin: page.begin, end: page.end };
  const pages = [...joined(added, next), ...others];
  let { atEnd } = now;
  let count = now.lines.length + page.lines.length;
  while (count > MOST && pages.length > 2) {
    count -= pages.pop()?.lines.length ?? 0;
    atEnd = false;
  }
  return held(pages, now.first - page.lines.length, page.earlier, atEnd);
}

/** Puts a page of later lines behind, and lets go of the first ones when it is too much. */
export function withLater(now: Held, page: LogLines, atEnd: boolean): Held {
  const last = now.pages.at(-1);
  if (!last) return startAt(page, atEnd);
  const added = { lines: page.lines, begin: last.end, end: page.end };
  const pages = [...now.pages.slice(0, -1), ...joined(last, added)];
  let { first, earlier } = now;
  let count = now.lines.length + page.lines.length;
  while (count > MOST && pages.length > 2) {
    const dropped = pages.shift()?.lines.length ?? 0;
    count -= dropped;
    first += dropped;
    earlier = true;
  }
  return held(pages, first, earlier, atEnd);
}
