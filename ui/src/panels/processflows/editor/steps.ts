// Changes of lists of steps: those of the file, and those inside of other steps.
import type { ActionRow, Edit, Form, FormStep, FormSteps, JsonValue } from '../../../api';
import { isSchema } from '../../../design/schema';
import { paramsOf } from './params';
import type { Path } from './place';
import { remove, set, setOrRemove } from './typing.svelte';

/** Kinds of step that name an action. */
export type ActionKind = 'read' | 'fetch' | 'write';
/** Kinds of step that begin with empty parts. */
export type PlainKind = 'skip' | 'set' | 'branch' | 'for_each' | 'merge' | 'delay';
export type StepKind = ActionKind | PlainKind;

/** What the actions of a kind of step do. */
export const doesOf = (kind: ActionKind): 'read' | 'write' => (kind === 'write' ? 'write' : 'read');

/** A list of steps: the way to it, and what is in it. */
export interface StepsOf {
  path: Path;
  steps: readonly FormStep[];
}

/** All steps, those inside of others too, in the order of the file. */
export function allSteps(steps: readonly FormStep[]): FormStep[] {
  return steps.flatMap((step) => [step, ...step.inside.flatMap((inside) => allSteps(inside.steps))]);
}

/** How many steps at the beginning of a list stay where they are: the one that reads, and one that merges behind it. */
export function fixed(steps: readonly FormStep[]): number {
  if (steps[0]?.kind !== 'read') return 0;
  return steps[1]?.kind === 'merge' ? 2 : 1;
}

/** A new step of a kind, with the parts it cannot go without, still empty. */
export function emptyStep(kind: PlainKind): JsonValue {
  const parts: Record<PlainKind, JsonValue> = {
    skip: { when: '', reason: '' },
    set: {},
    branch: [{ when: '', steps: [] }],
    for_each: { in: '', steps: [] },
    merge: { by: {}, as: '' },
    delay: '',
  };
  return { [kind]: parts[kind] };
}

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

function entriesOf(value: unknown): Record<string, JsonValue> | undefined {
  return isSchema(value as JsonValue) ? (value as Record<string, JsonValue>) : undefined;
}

/** Brings a mapping that is in the file to what is wanted: some names go, some come. */
function changed(
  path: Path,
  before: Record<string, JsonValue> | undefined,
  gone: string[],
  wanted: [string, JsonValue][],
): Edit[] {
  if (!before) return wanted.length > 0 ? [set(path, Object.fromEntries(wanted))] : [];
  if (gone.length === Object.keys(before).length && wanted.length === 0) {
    return gone.length > 0 ? [remove(path)] : [];
  }
  return [
    ...wanted.map(([name, value]) => set([...path, name], value)),
    ...gone.map((name) => remove([...path, name])),
  ];
}

/** Gives a step another action. Parameters that the new one knows as well stay, others go. */
export function actionEdits(
  step: FormStep,
  action: ActionRow,
  alias: string,
  added: boolean,
  form: Form | null,
): Edit[] {
  const path = [...step.path, step.kind];
  const known = new Set(paramsOf(action).map(({ name }) => name));
  const unknown = (names: string[]) => names.filter((name) => !known.has(name));
  const before = entriesOf(step.with);
  // The fields that a write maps are no parameters of its action.
  const mapped = step.kind === 'fetch' ? step.values.map(({ name }) => name) : [];
  const wanted = Object.entries(needed(action)).filter(
    ([name]) => !(before && name in before) && !mapped.includes(name),
  );
  const inMap = step.kind === 'fetch';
  const edits = [
    ...aliasEdits(form, alias, action, added),
    set([...path, 'action'], `${alias}/${action.action}`),
    ...changed([...path, 'with'], before, unknown(Object.keys(before ?? {})), inMap ? [] : wanted),
  ];
  if (!inMap) return edits;
  const asked = step.has_map ? Object.fromEntries(mapped.map((name) => [name, ''])) : undefined;
  const empty = wanted.map(([name]): [string, JsonValue] => [name, '']);
  return [...edits, ...changed([...path, 'map'], asked, unknown(mapped), empty)];
}

/** Puts a new step at a place of a list. */
export function insertStep({ path, steps }: StepsOf, at: number, step: JsonValue): Edit {
  if (steps.length === 0) return set(path, [step]);
  return { path: [...path, at], change: { insert: step } };
}

/** A new step with an action. What a `fetch` needs comes from the record. */
export function actionStep(
  kind: ActionKind,
  list: StepsOf,
  at: number,
  action: ActionRow,
  alias: string,
  added: boolean,
  form: Form | null,
): Edit[] {
  const params = needed(action);
  const inside: Record<string, JsonValue> = { action: `${alias}/${action.action}` };
  const names = Object.keys(params);
  if (names.length > 0 && kind !== 'fetch') inside.with = params;
  if (names.length > 0 && kind === 'fetch') inside.map = Object.fromEntries(names.map((name) => [name, '']));
  if (kind === 'fetch') inside.as = '';
  return [...aliasEdits(form, alias, action, added), insertStep(list, at, { [kind]: inside })];
}

/** A new way of a branch: with a rule, before the way of all others; or that one, at the end. */
export function wayEdit(step: FormStep, others: boolean): Edit {
  const path = [...step.path, 'branch'];
  const way = others ? { steps: [] } : { when: '', steps: [] };
  const { length } = step.inside;
  if (length === 0) return set(path, [way]);
  const at = !others && takesOthers(step.inside) ? length - 1 : length;
  return { path: [...path, at], change: { insert: way } };
}

/** Whether the last way of a branch takes all others. */
export function takesOthers(ways: readonly FormSteps[]): boolean {
  return ways.length > 0 && ways.at(-1)?.when === null;
}

/** Adds a kept value, or the first of them. */
export function variableEdit(form: Form, name: string): Edit {
  return form.variables.length === 0 ? set(['variables'], { [name]: {} }) : set(['variables', name], {});
}

/** Takes a kept value out; the last one with the whole part. */
export function variableGone(form: Form, name: string): Edit {
  return remove(form.variables.length === 1 ? ['variables'] : ['variables', name]);
}

/** What a `fetch` expects; a list is not written down. */
export function expectEdits(step: FormStep, expect: string): Edit[] {
  return setOrRemove(
    [...step.path, 'fetch', 'expect'],
    step.expect !== null,
    expect === 'list' ? undefined : expect,
  );
}
