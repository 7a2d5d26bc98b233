// Changes of the list of steps.
import type { ActionRow, Edit, Form, FormStep, JsonValue } from '../../../api';
import { isSchema } from '../../../design/schema';
import { paramsOf } from './params';
import { set } from './typing.svelte';

/** What an action cannot go without, still empty. */
function needed(action: ActionRow): Record<string, JsonValue> {
  const required = paramsOf(action).filter((param) => param.required);
  return Object.fromEntries(
    required.map(({ name, kind }) => [name, kind === 'words' || kind === 'choices' ? [] : '']),
  );
}

function aliasEdits(form: Form | null, alias: string, action: ActionRow, added: boolean): Edit[] {
  if (!added) return [];
  const first = (form?.connections.length ?? 0) === 0;
  return [
    first
      ? set(['connections'], { [alias]: action.connector })
      : set(['connections', alias], action.connector),
  ];
}

/** Gives a step another action. Parameters that the new one knows as well stay, others go. */
export function actionEdits(
  at: number,
  does: 'read' | 'write',
  step: FormStep,
  action: ActionRow,
  alias: string,
  added: boolean,
  form: Form | null,
): Edit[] {
  const path = ['steps', at, does];
  const edits = [
    ...aliasEdits(form, alias, action, added),
    set([...path, 'action'], `${alias}/${action.action}`),
  ];
  const before = isSchema(step.with as JsonValue) ? (step.with as Record<string, JsonValue>) : undefined;
  const known = new Set(paramsOf(action).map(({ name }) => name));
  const wanted = Object.entries(needed(action)).filter(([name]) => !before || !(name in before));
  if (!before) {
    return wanted.length > 0 ? [...edits, set([...path, 'with'], Object.fromEntries(wanted))] : edits;
  }
  const gone = Object.keys(before).filter((name) => !known.has(name));
  if (gone.length === Object.keys(before).length && wanted.length === 0) {
    return gone.length > 0 ? [...edits, { path: [...path, 'with'], change: 'remove' }] : edits;
  }
  return [
    ...edits,
    ...wanted.map(([name, value]) => set([...path, 'with', name], value)),
    ...gone.map((name): Edit => ({ path: [...path, 'with', name], change: 'remove' })),
  ];
}

/** Puts a new step at a place. */
export function insertStep(at: number, step: JsonValue, form: Form | null): Edit {
  if ((form?.steps.length ?? 0) === 0) return set(['steps'], [step]);
  return { path: ['steps', at], change: { insert: step } };
}

/** A new step that reads or writes. */
export function actionStep(
  does: 'read' | 'write',
  at: number,
  action: ActionRow,
  alias: string,
  added: boolean,
  form: Form | null,
): Edit[] {
  const params = needed(action);
  const inside: Record<string, JsonValue> = { action: `${alias}/${action.action}` };
  if (Object.keys(params).length > 0) inside.with = params;
  return [...aliasEdits(form, alias, action, added), insertStep(at, { [does]: inside }, form)];
}
