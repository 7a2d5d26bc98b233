// A run with options: which records, as a form has it and as the engine takes it.
import type { StartRun } from '../../../api';

/** Which records: what changed, all, since when, by id, by the source's own filter. */
export const KINDS = ['changed', 'full', 'since', 'ids', 'filter'] as const;

/** What is typed. */
export interface RunForm {
  kind: (typeof KINDS)[number];
  /** Ids with commas, blanks or lines between them. */
  ids: string;
  /** `2026-11-21T06:00` on this machine's clock. */
  since: string;
  filter: { name: string; value: string }[];
}

/** The ids in a text that was typed or pasted. */
export function idsOf(text: string): string[] {
  return [...new Set(text.split(/[\s,;]+/).filter(Boolean))];
}

/** What keeps it from being started; a key of words. */
export function wrongOf(form: RunForm): string | undefined {
  if (form.kind === 'ids' && idsOf(form.ids).length === 0) return 'processflows:run.wrong.ids';
  if (form.kind === 'since' && Number.isNaN(Date.parse(form.since))) return 'processflows:run.wrong.since';
  const named = form.filter.some(({ name }) => name.trim() !== '');
  if (form.kind === 'filter' && !named) return 'processflows:run.wrong.filter';
  return undefined;
}

/** What the engine takes. */
export function runOf(processflow: string, form: RunForm): StartRun {
  if (form.kind === 'full') return { processflow, full: true };
  if (form.kind === 'ids') return { processflow, ids: idsOf(form.ids) };
  if (form.kind === 'since') return { processflow, since: new Date(form.since).toISOString() };
  if (form.kind === 'changed') return { processflow };
  const named = form.filter.filter(({ name }) => name.trim() !== '');
  return {
    processflow,
    filter: Object.fromEntries(named.map(({ name, value }) => [name.trim(), value.trim()])),
  };
}
