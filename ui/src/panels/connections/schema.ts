// From a connector's settings schema to the fields of its form.
import type { ConnectorRow, JsonValue } from '../../api';
import { said } from '../../i18n';
import { choicesOf, followed, isSchema, shown, types, type Choice, type Schema } from '../../design/schema';

export { shown };

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
  choices: Choice[];
  /** Asked for only under these values of another field; always where there are none. */
  when?: Under | undefined;
  /** Must be filled in under these values. */
  requiredWhen?: Under | undefined;
  /** Rarely needed under these values. */
  rareWhen?: Under | undefined;
  /** A sign-in fills it in; nobody types it. */
  told?: boolean;
}

/** Values of fields under which something counts. */
export type Under = Record<string, readonly string[]>;

/** The setting behind the choice between a real store and one that only pretends; no field of its own. */
export const SANDBOX = 'sandbox';

/** What people are asked first, in this order; what is not named here follows as the connector has it. */
const ORDER = [
  'auth',
  'api_path',
  'url',
  'folder',
  'username',
  'client_id',
  'scopes',
  'redirect',
  'create',
  'tls',
  'login_host',
  'allow_host',
];
/** Settings with a default that hardly anybody touches. */
const RARE = new Set([
  'create',
  'tls',
  'login_host',
  'allow_host',
  'pictures',
  'picture_hosts',
  'quota_reserve',
  'speed_limit',
  'quiet_hours',
]);

/** Reads `x-when` and the like. */
function under(value: JsonValue | undefined): Under | undefined {
  if (!isSchema(value)) return undefined;
  const lists = Object.entries(value).map(([name, list]) => [
    name,
    Array.isArray(list) ? list.map(String) : [],
  ]);
  return Object.fromEntries(lists) as Under;
}

/** Whether what is typed is among these values. */
function holds(values: Record<string, string>, wanted: Under): boolean {
  return Object.entries(wanted).every(([name, list]) => list.includes(values[name] ?? ''));
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
        required: required.includes(name),
        when: under(schema['x-when']),
        requiredWhen: under(schema['x-required-when']),
        rareWhen: under(schema['x-rare-when']),
        told: schema['x-told'] === true,
        rare: RARE.has(name),
        about: typeof schema.description === 'string' ? said(schema.description) : '',
        // Without a default of its own a choice begins with what its list shows first.
        initial: shown(schema.default) || (kind === 'choice' ? (choicesOf(schema)[0]?.value ?? '') : ''),
        choices: choicesOf(schema),
      };
    })
    .sort((a, b) => place(a.name) - place(b.name));
  const secrets = connector.secrets.map(({ field, title, required, when }): FormField => {
    return {
      name: field,
      kind: 'secret',
      required,
      rare: false,
      about: '',
      title,
      initial: '',
      choices: [],
      when: when ? { [when.field]: when.values } : undefined,
    };
  });
  return [...fields.filter(({ rare }) => !rare), ...secrets, ...fields.filter(({ rare }) => rare)];
}

/** The fields of the chosen kind alone, as they count for what is typed. */
export function askedOf(connector: ConnectorRow, values: Record<string, string>): FormField[] {
  const asked = fieldsOf(connector).filter(({ when, told }) => !told && (!when || holds(values, when)));
  return asked.map((field) => ({
    ...field,
    required: field.required || (field.requiredWhen !== undefined && holds(values, field.requiredWhen)),
    rare: field.rare || (field.rareWhen !== undefined && holds(values, field.rareWhen)),
  }));
}

/** Whether a person signs in through a browser, with what is typed. */
export function signsIn(connector: ConnectorRow, values: Record<string, string>): boolean {
  const secrets = new Set(
    connector.secrets.filter(({ for_sign_in }) => for_sign_in).map(({ field }) => field),
  );
  return askedOf(connector, values).some(({ name }) => secrets.has(name));
}

/** Whether this connector has a store that only pretends. */
export function hasSandbox(connector: ConnectorRow): boolean {
  const root = isSchema(connector.settings) ? connector.settings : {};
  return isSchema(root.properties) && SANDBOX in root.properties;
}
