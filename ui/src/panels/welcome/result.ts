// What came out, from the rows of the table: how many, how much, and on which days.
import type { JsonValue } from '../../api';
import type { Target } from '../../api';

/** Orders of one day. */
export interface Day {
  /** `2026-11-21` */
  day: string;
  orders: number;
}

const DATE = /^(\d{4}-\d{2}-\d{2})([T ]|$)/;

/** Which column holds dates, judged by its values; -1 when none does. */
function dateColumn({ columns, rows }: Target): number {
  const sample = rows.slice(0, 20);
  return columns.findIndex(
    (_, at) =>
      sample.length > 0 && sample.every((row) => typeof row[at] === 'string' && DATE.test(String(row[at]))),
  );
}

/** Orders a day, days without any included. */
export function perDay(shown: Target): Day[] {
  const at = dateColumn(shown);
  if (at < 0) return [];
  const counts = new Map<string, number>();
  for (const row of shown.rows) {
    const day = DATE.exec(String(row[at]))?.[1];
    if (day) counts.set(day, (counts.get(day) ?? 0) + 1);
  }
  const days = [...counts.keys()].sort();
  const [first, last] = [days[0], days.at(-1)];
  if (!first || !last) return [];
  const all: Day[] = [];
  for (let time = Date.parse(first); time <= Date.parse(last) && all.length < 366; time += 86_400_000) {
    const day = new Date(time).toISOString().slice(0, 10);
    all.push({ day, orders: counts.get(day) ?? 0 });
  }
  return all;
}

/** Sums of a column of decimals by another column: amounts of several currencies are never added. */
export function sumsBy(shown: Target, column: string, by: string): { of: string; sum: string }[] {
  const at = shown.columns.indexOf(by);
  if (at < 0) return [];
  const names = [...new Set(shown.rows.map((row) => asText(row[at])))].sort();
  return names.flatMap((of) => {
    const sum = sumOf({ ...shown, rows: shown.rows.filter((row) => asText(row[at]) === of) }, column);
    return sum === undefined ? [] : [{ of, sum }];
  });
}

/** The sum of a column of decimals, exactly: amounts are never floats. Nothing when one of them is no decimal. */
export function sumOf(shown: Target, column: string): string | undefined {
  const at = shown.columns.indexOf(column);
  if (at < 0) return undefined;
  const parts = shown.rows.map((row) => /^(-?)(\d+)(?:\.(\d+))?$/.exec(asText(row[at])));
  const places = Math.max(2, ...parts.map((part) => (part?.[3] ?? '').length));
  let sum = 0n;
  for (const part of parts) {
    if (!part) return undefined;
    const [, sign, whole = '0', rest = ''] = part;
    const amount = BigInt(whole + rest.padEnd(places, '0'));
    sum += sign ? -amount : amount;
  }
  const digits = (sum < 0n ? -sum : sum).toString().padStart(places + 1, '0');
  const text = `${sum < 0n ? '-' : ''}${digits.slice(0, -places)}.${digits.slice(-places)}`;
  return text.replace(/(\.\d{2}\d*?)0+$/, '$1');
}

/** A cell as text. */
export function asText(value: JsonValue | undefined): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
