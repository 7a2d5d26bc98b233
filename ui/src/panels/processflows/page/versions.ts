import type { VersionRow } from '../../../api';

/** What stands for the draft among version numbers. */
export const DRAFT = 'draft';

/** A version's number; null is the draft. */
export function numberOf(value: string): number | null {
  return value === DRAFT ? null : Number(value);
}

/**
 * What is compared: what the address says; else what runs with a draft that differs, else the two newest.
 * Undefined when there are not two things to compare. Rows come newest first.
 */
export function pairOf(
  rows: readonly VersionRow[],
  differs: boolean,
  a: string | null,
  b: string | null,
): { a: string; b: string } | undefined {
  const known = (value: string | null): value is string =>
    value !== null && (value === DRAFT || rows.some(({ version }) => String(version) === value));
  if (known(a) && known(b)) return { a, b };
  const runs = rows.find((row) => row.runs) ?? rows[0];
  if (differs && runs) return { a: String(runs.version), b: DRAFT };
  const [newest, before] = rows;
  return newest && before ? { a: String(before.version), b: String(newest.version) } : undefined;
}
