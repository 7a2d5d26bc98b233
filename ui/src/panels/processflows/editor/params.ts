// From an action's schema to the fields of its parameters.
import type { ActionRow, JsonValue } from '../../../api';
import { said } from '../../../i18n';
import {
  choicesOf,
  followed,
  isSchema,
  shown,
  types,
  type Choice,
  type Schema,
} from '../../../design/schema';

/** How a parameter is asked for. `json` is for what no other field can draw. */
export type ParamKind =
  'text' | 'long' | 'number' | 'switch' | 'choice' | 'choices' | 'words' | 'table' | 'json';

export interface Param {
  name: string;
  kind: ParamKind;
  required: boolean;
  /** The action's own sentence. */
  about: string;
  /** What holds when it is left out. */
  initial: string;
  choices: Choice[];
}

/** Texts that are whole statements. */
const LONG = new Set(['sql']);

function kindOf(name: string, schema: Schema, root: Schema): ParamKind {
  const found = types(schema);
  found.delete('null');
  if (choicesOf(schema).length > 0 && !found.has('array') && !found.has('object')) return 'choice';
  const kinds = [...found].filter((kind) => kind !== null);
  if (kinds.length > 1 && !kinds.every((kind) => kind === 'integer' || kind === 'number')) return 'json';
  const items = isSchema(schema.items) ? followed(schema.items, root) : {};
  switch (kinds[0]) {
    case 'string':
      return LONG.has(name) ? 'long' : 'text';
    case 'boolean':
      return 'switch';
    case 'integer':
    case 'number':
      return 'number';
    case 'array':
      return choicesOf(items).length > 0 ? 'choices' : types(items).has('string') ? 'words' : 'json';
    case 'object':
      return isSchema(schema.additionalProperties) ? 'table' : 'json';
    default:
      return 'json';
  }
}

/** The fields of an action's parameters; those that must be filled in come first. */
export function paramsOf(action: ActionRow): Param[] {
  const root = isSchema(action.with) ? action.with : {};
  const properties = isSchema(root.properties) ? root.properties : {};
  const required = Array.isArray(root.required) ? root.required : [];
  const params = Object.entries(properties).map(([name, property]): Param => {
    const schema = followed(isSchema(property) ? property : {}, root);
    const items = isSchema(schema.items) ? followed(schema.items, root) : {};
    const kind = kindOf(name, schema, root);
    return {
      name,
      kind,
      required: required.includes(name),
      about: typeof schema.description === 'string' ? said(schema.description).replaceAll('\n', ' ') : '',
      initial: Array.isArray(schema.default) ? schema.default.map(shown).join(', ') : shown(schema.default),
      choices: kind === 'choices' ? choicesOf(items) : choicesOf(schema),
    };
  });
  return [...params.filter((one) => one.required), ...params.filter((one) => !one.required)];
}

/** What a parameter looks like in a field to type in. */
export function typed(kind: ParamKind, value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '';
  if (kind === 'words' && Array.isArray(value)) return value.map(shown).join(', ');
  if (kind === 'json') return JSON.stringify(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/**
 * What was typed, as the file should say it; `undefined` takes the parameter out of the file.
 * @throws {SyntaxError} for a `json` field that is none.
 */
export function valueOf(kind: ParamKind, text: string): JsonValue | undefined {
  const plain = text.trim();
  if (plain === '') return undefined;
  if (kind === 'number') return Number.isFinite(Number(plain)) ? Number(plain) : plain;
  if (kind === 'words')
    return plain
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== '');
  if (kind === 'json') return JSON.parse(plain) as JsonValue;
  return kind === 'long' ? text : plain;
}

/** A word of a table of values (a filter): numbers and switches as such, when nothing is lost by it. */
export function plainValue(text: string): JsonValue {
  const plain = text.trim();
  if (plain === 'true' || plain === 'false') return plain === 'true';
  const number = Number(plain);
  return plain !== '' && String(number) === plain && Number.isSafeInteger(number) ? number : text;
}

/** An action with its alias: `store/orders.changed`. */
export function splitAction(written: string | null): { alias: string; action: string } {
  const at = written?.indexOf('/') ?? -1;
  if (!written || at < 0) return { alias: '', action: written ?? '' };
  return { alias: written.slice(0, at), action: written.slice(at + 1) };
}
