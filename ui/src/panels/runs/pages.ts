// A long list as a window of pages: a million rows may lie behind it, a few thousand are here.

/** One answer: its rows, and how to ask for what lies around them. */
export interface Page<Row, Place> {
  rows: readonly Row[];
  /** Where the page after it begins; null at the end. */
  next: Place | null;
  /** Where the page before it ends; null at the beginning. */
  previous: Place | null;
}

/** Pages kept at most; the farthest ones go when others come. */
export const KEPT = 15;

/** Adds a page at the end; the first ones go when there are too many. */
export function append<Row, Place>(pages: readonly Page<Row, Place>[], page: Page<Row, Place>, kept = KEPT) {
  return [...pages, page].slice(-kept);
}

/** Adds a page in front; the last ones go when there are too many. */
export function prepend<Row, Place>(pages: readonly Page<Row, Place>[], page: Page<Row, Place>, kept = KEPT) {
  return [page, ...pages].slice(0, kept);
}

/** Puts newer answers about rows in the places of the older ones; what is not shown stays out. */
export function renew<Row, Place>(
  pages: readonly Page<Row, Place>[],
  newer: readonly Row[],
  keyOf: (row: Row) => string | number,
): Page<Row, Place>[] {
  const byKey = new Map(newer.map((row) => [keyOf(row), row]));
  return pages.map((page) => ({ ...page, rows: page.rows.map((row) => byKey.get(keyOf(row)) ?? row) }));
}

/** How many of the newest rows stand in front of the first one that is shown. */
export function fresh<Row>(
  shown: readonly Row[],
  newest: readonly Row[],
  keyOf: (row: Row) => string | number,
): number {
  const keys = new Set(shown.map(keyOf));
  const known = newest.findIndex((row) => keys.has(keyOf(row)));
  return known === -1 ? newest.length : known;
}
