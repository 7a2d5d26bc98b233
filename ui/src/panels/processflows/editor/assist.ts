// What the engine knows while a person types: proposals and meanings, as CodeMirror wants them.
import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import type { Tooltip } from '@codemirror/view';
import { call, type Explanation, type JsonValue, type Proposal } from '../../../api';
import { said, t } from '../../../i18n';
import { lineAndColumn, offsetOf } from './text';

/** A text, a place in it, and how an offset of that text lies in what is being edited. */
export interface Asking {
  text: string;
  offset: number;
  /** Added to offsets of the text to get those of the editor. */
  shift: number;
}

const TYPES: Record<Proposal['kind'], string> = {
  key: 'property',
  value: 'constant',
  connection: 'namespace',
  action: 'method',
  column: 'property',
  field: 'variable',
  variable: 'variable',
  function: 'function',
  table: 'enum',
};

/** The record at hand, to name its fields by. */
export type RecordOf = () => string | undefined;

function json(record: string | undefined): JsonValue | null {
  return record === undefined ? null : (JSON.parse(record) as JsonValue);
}

function option(proposal: Proposal, at: number): Completion {
  return {
    label: proposal.label,
    apply: proposal.insert,
    type: TYPES[proposal.kind],
    detail: said(proposal.detail) ?? '',
    // In the engine's order: what is most likely wanted comes first.
    boost: -at / 100,
    ...(proposal.about ? { info: said(proposal.about) } : {}),
  };
}

/** Proposals for the place of the cursor. */
export async function proposals(
  context: CompletionContext,
  asking: Asking,
  record: RecordOf,
): Promise<CompletionResult | null> {
  const place = lineAndColumn(asking.text, asking.offset);
  const answer = await call('complete', { text: asking.text, ...place, record: json(record()) }).catch(
    () => null,
  );
  if (!answer || context.aborted || answer.proposals.length === 0) return null;
  const from = offsetOf(asking.text, answer.line, answer.column) + asking.shift;
  if (!context.explicit && from >= context.pos && !/[\s:/.|(]$/.test(asking.text.slice(0, asking.offset)))
    return null;
  return { from: Math.max(0, from), options: answer.proposals.map(option), validFor: /^[\w/-]*$/ };
}

/** The meaning of the word there. */
export async function meaning(asking: Asking, record: RecordOf): Promise<Tooltip | null> {
  const place = lineAndColumn(asking.text, asking.offset);
  const found = await call('explain', { text: asking.text, ...place, record: json(record()) }).catch(
    () => null,
  );
  if (!found) return null;
  return {
    pos: offsetOf(asking.text, found.line, found.column) + asking.shift,
    end: offsetOf(asking.text, found.line, found.end_column) + asking.shift,
    above: true,
    create: () => ({ dom: drawn(found) }),
  };
}

function drawn({ title, about, examples, sample }: Explanation): HTMLElement {
  const box = document.createElement('div');
  box.className = 'pf-meaning';
  const add = (tag: string, text: string, to: HTMLElement = box) => {
    const element = document.createElement(tag);
    element.textContent = text;
    to.append(element);
    return element;
  };
  add('code', said(title)).className = 'title';
  if (about) add('p', said(about));
  if (sample !== null) {
    const line = add('p', `${t('editor:inSample')} `);
    add('code', sample, line);
  }
  for (const [expression, result] of examples) {
    const line = add('p', '');
    add('code', expression, line);
    line.append(' → ');
    add('code', result, line);
  }
  return box;
}
