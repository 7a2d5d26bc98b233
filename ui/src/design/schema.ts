// What a JSON Schema says about one value, as forms need it.
import { said } from '../i18n';
import type { JsonValue } from '../api';

export type Schema = Record<string, JsonValue>;

/** A value that can be chosen, and what it means. */
export interface Choice {
  value: string;
  about: string;
}

export function isSchema(value: JsonValue | undefined): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A schema with its reference followed. */
export function followed(schema: Schema, root: Schema): Schema {
  const ref = typeof schema.$ref === 'string' ? schema.$ref.split('/').at(-1) : undefined;
  const target = ref && isSchema(root.$defs) ? root.$defs[ref] : undefined;
  return isSchema(target) ? { ...target, ...schema } : schema;
}

/** What a value may be one of. */
function alternatives(schema: Schema): Schema[] {
  const list = schema.oneOf ?? schema.anyOf;
  return Array.isArray(list) ? list.filter(isSchema) : [];
}

/** The types it may have. */
export function types(schema: Schema): Set<JsonValue> {
  const own = Array.isArray(schema.type) ? schema.type : [schema.type ?? null];
  return new Set([...own, ...alternatives(schema).flatMap((one) => [...types(one)])]);
}

/** The values it names. */
export function choicesOf(schema: Schema): Choice[] {
  const words = (one: Schema) => (typeof one.description === 'string' ? said(one.description) : '');
  const constants = alternatives(schema).filter((one) => typeof one.const === 'string');
  const listed = [schema, ...alternatives(schema)].flatMap((one) =>
    Array.isArray(one.enum) ? one.enum : [],
  );
  return [
    ...constants.map((one) => ({ value: String(one.const), about: words(one) })),
    ...listed.filter((value) => typeof value === 'string').map((value) => ({ value, about: '' })),
  ];
}

/** What a value looks like in its field. */
export function shown(value: JsonValue | undefined): string {
  if (value === null || value === undefined || value === false) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
