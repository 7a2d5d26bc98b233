// Two values side by side: what a step made of a record, or what a person changed in it.
import type { JsonValue } from '../../api';

/** One line of a comparison. */
export interface Line {
  side: 'same' | 'gone' | 'new';
  text: string;
}

/** Lines beyond which a comparison is not worth its time; then one stands below the other. */
const MOST = 2_000;

/** JSON as people read it. */
export function pretty(value: JsonValue): string {
  return JSON.stringify(value, null, 2);
}

/** What stays, goes and comes from one text to the other, line by line. */
export function compare(before: string, after: string): Line[] {
  const a = before.split('\n');
  const b = after.split('\n');
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const same = (text: string): Line => ({ side: 'same', text });
  return [
    ...a.slice(0, start).map(same),
    ...changed(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    ...a.slice(a.length - end).map(same),
  ];
}

/** The longest common lines of two lists stay; the others go or come. */
function changed(a: string[], b: string[]): Line[] {
  const gone = (text: string): Line => ({ side: 'gone', text });
  const fresh = (text: string): Line => ({ side: 'new', text });
  if (a.length > MOST || b.length > MOST) return [...a.map(gone), ...b.map(fresh)];
  const longest = table(a, b);
  const lines: Line[] = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      lines.push({ side: 'same', text: a[i] ?? '' });
      i += 1;
      j += 1;
    } else if ((longest[i + 1]?.[j] ?? 0) >= (longest[i]?.[j + 1] ?? 0)) lines.push(gone(a[i++] ?? ''));
    else lines.push(fresh(b[j++] ?? ''));
  }
  return [...lines, ...a.slice(i).map(gone), ...b.slice(j).map(fresh)];
}

function table(a: string[], b: string[]): Uint16Array[] {
  const rows = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const below = rows[i + 1]?.[j] ?? 0;
      const right = rows[i]?.[j + 1] ?? 0;
      const both = rows[i + 1]?.[j + 1] ?? 0;
      const row = rows[i];
      if (row) row[j] = a[i] === b[j] ? both + 1 : Math.max(below, right);
    }
  }
  return rows;
}

/** A field of a mapped row, and whether its value was in the record as it stands. */
export interface Mapped {
  field: string;
  value: JsonValue;
  /** Fields of the record that hold exactly this value; empty when the mapping made it. */
  from: string[];
}

/** How a row came from a record: field by field, with the fields of the record it can have come from. */
export function mapped(record: JsonValue, row: JsonValue): Mapped[] {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return [];
  const known = new Map<string, string[]>();
  leaves(record, '', known);
  return Object.entries(row).map(([field, value]) => ({
    field,
    value,
    from: known.get(String(value)) ?? [],
  }));
}

/** Values that say nothing about where they come from. */
const COMMON = new Set(['', '0', '1', 'true', 'false', 'null']);

function leaves(value: JsonValue, path: string, known: Map<string, string[]>): void {
  if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) leaves(inner, path ? `${path}.${key}` : key, known);
    return;
  }
  const text = String(value);
  if (!COMMON.has(text)) known.set(text, [...(known.get(text) ?? []), path].slice(0, 3));
}
