// From a connector's settings schema to the fields of its form.
import type { ConnectorRow, JsonValue } from '../../api';

/** A field of a connection's form. */
export interface FormField {
  name: string;
  kind: 'text' | 'number' | 'switch' | 'choice' | 'secret';
  /** It must be filled in. */
  required: boolean;
  /** Rarely needed: stands behind "More settings". */
  rare: boolean;
  /** The connector's own sentence about it. */
  about: string;
  /** The words of the connector, where it has some. */
  title?: string;
  initial: string;
  choices: { value: string; about: string }[];
}

type Schema = Record<string, JsonValue>;

/** The setting behind the choice between a real store and one that only pretends; no field of its own. */
export const SANDBOX = 'sandbox';

/** What people are asked first, in this order; what is not named here follows as the connector has it. */
const ORDER = ['api_path', 'url', 'folder', 'username', 'create', 'auth', 'allow_host'];
/** Settings with a default that hardly anybody touches. */
const RARE = new Set(['create', 'auth', 'allow_host']);
/** Optional in the schema because the sandbox needs none; a real connection does not go without. */
const NEEDED = new Set(['api_path']);

function isSchema(value: JsonValue | undefined): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A schema with its reference followed. */
function followed(schema: Schema, root: Schema): Schema {
  const ref = typeof schema.$ref === 'string' ? schema.$ref.split('/').at(-1) : undefined;
  const target = ref && isSchema(root.$defs) ? root.$defs[ref] : undefined;
  return isSchema(target) ? { ...target, ...schema } : schema;
}

function alternatives(schema: Schema): Schema[] {
  const list = schema.oneOf ?? schema.anyOf;
  return Array.isArray(list) ? list.filter(isSchema) : [];
}

function types(schema: Schema): Set<JsonValue> {
  const own = Array.isArray(schema.type) ? schema.type : [schema.type ?? null];
  return new Set([...own, ...alternatives(schema).flatMap((one) => [...types(one)])]);
}

function choicesOf(schema: Schema): FormField['choices'] {
  const words = (one: Schema) => (typeof one.description === 'string' ? one.description : '');
  const constants = alternatives(schema).filter((one) => typeof one.const === 'string');
  const listed = [schema, ...alternatives(schema)].flatMap((one) =>
    Array.isArray(one.enum) ? one.enum : [],
  );
  return [
    ...constants.map((one) => ({ value: String(one.const), about: words(one) })),
    ...listed.filter((value) => typeof value === 'string').map((value) => ({ value, about: '' })),
  ];
}

function kindOf(schema: Schema): FormField['kind'] {
  const found = types(schema);
  if (choicesOf(schema).length > 0) return 'choice';
  if (found.has('string')) return 'text';
  if (found.has('boolean')) return 'switch';
  return found.has('integer') || found.has('number') ? 'number' : 'text';
}

function place(name: string): number {
  const at = ORDER.indexOf(name);
  return at < 0 ? ORDER.length : at;
}

/** What a value looks like in its field. */
export function shown(value: JsonValue | undefined): string {
  if (value === null || value === undefined || value === false) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The fields of a connector's form: settings first, then secrets. */
export function fieldsOf(connector: ConnectorRow): FormField[] {
  const root = isSchema(connector.settings) ? connector.settings : {};
  const properties = isSchema(root.properties) ? root.properties : {};
  const required = Array.isArray(root.required) ? root.required : [];
  const fields = Object.entries(properties)
    .filter(([name]) => name !== SANDBOX)
    .map(([name, property]): FormField => {
      const schema = followed(isSchema(property) ? property : {}, root);
      const kind = kindOf(schema);
      return {
        name,
        kind,
        required: required.includes(name) || NEEDED.has(name),
        rare: RARE.has(name),
        about: typeof schema.description === 'string' ? schema.description : '',
        initial: shown(schema.default),
        choices: choicesOf(schema),
      };
    })
    .sort((a, b) => place(a.name) - place(b.name));
  const secrets = connector.secrets.map(({ field, title }): FormField => {
    return {
      name: field,
      kind: 'secret',
      required: true,
      rare: false,
      about: '',
      title,
      initial: '',
      choices: [],
    };
  });
  return [...fields.filter(({ rare }) => !rare), ...secrets, ...fields.filter(({ rare }) => rare)];
}

/** Whether this connector has a store that only pretends. */
export function hasSandbox(connector: ConnectorRow): boolean {
  const root = isSchema(connector.settings) ? connector.settings : {};
  return isSchema(root.properties) && SANDBOX in root.properties;
}
