// From a connector's settings schema to the fields of its form.
import type { ConnectorRow } from '../../api';
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
}

/** The setting behind the choice between a real store and one that only pretends; no field of its own. */
export const SANDBOX = 'sandbox';

/** What people are asked first, in this order; what is not named here follows as the connector has it. */
const ORDER = ['api_path', 'url', 'folder', 'username', 'create', 'tls', 'auth', 'allow_host'];
/** Settings with a default that hardly anybody touches. */
const RARE = new Set(['create', 'tls', 'auth', 'allow_host']);
/** Optional in the schema because the sandbox needs none; a real connection does not go without. */
const NEEDED = new Set(['api_path']);

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
        required: required.includes(name) || NEEDED.has(name),
        rare: RARE.has(name),
        about: typeof schema.description === 'string' ? said(schema.description) : '',
        initial: shown(schema.default),
        choices: choicesOf(schema),
      };
    })
    .sort((a, b) => place(a.name) - place(b.name));
  const secrets = connector.secrets.map(({ field, title, required }): FormField => {
    return {
      name: field,
      kind: 'secret',
      required,
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
