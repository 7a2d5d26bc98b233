// A connection while it is being filled in: what is typed, what is wrong with it, and what is sent to be saved.
import type { ConnectionRow, ConnectorRow, JsonValue, SaveConnection } from '../../api';
import { askedOf, fieldsOf, hasSandbox, SANDBOX, shown, type FormField } from './schema';

/** What is typed, all as text; switches are `true` or empty. */
export interface Draft {
  name: string;
  /** The store only pretends: nothing else is asked. */
  sandbox: boolean;
  values: Record<string, string>;
}

/** Where a draft begins: what is saved, or the connector's defaults. */
export function draftOf(connector: ConnectorRow, saved: ConnectionRow | undefined, name: string): Draft {
  const settings = settingsOf(saved);
  const values = fieldsOf(connector).map((field) => {
    const value = field.kind === 'secret' ? '' : saved ? shown(settings[field.name]) : '';
    return [field.name, value === '' && field.kind !== 'secret' ? field.initial : value];
  });
  const pretends = String(settings[SANDBOX] ?? '') === 'true' && shown(settings.api_path) === '';
  return {
    name: saved?.name ?? name,
    sandbox: hasSandbox(connector) && pretends,
    values: Object.fromEntries(values) as Record<string, string>,
  };
}

function settingsOf(saved: ConnectionRow | undefined): Record<string, JsonValue> {
  const settings = saved?.settings;
  return typeof settings === 'object' && settings !== null && !Array.isArray(settings) ? settings : {};
}

/** Whether anything differs from where it began. */
export function isDirty(draft: Draft, before: Draft): boolean {
  return JSON.stringify(draft) !== JSON.stringify(before);
}

function typedValue(field: FormField, text: string): JsonValue {
  const value = text.trim();
  if (field.kind === 'switch') return value === 'true';
  if (field.kind === 'number') return Number(value);
  return value;
}

/** The settings as the engine takes them; what is empty is left out. */
export function settingsFrom(connector: ConnectorRow, draft: Draft): Record<string, JsonValue> {
  if (draft.sandbox) return { [SANDBOX]: true };
  const settings: Record<string, JsonValue> = {};
  for (const field of askedOf(connector, draft.values)) {
    const text = draft.values[field.name] ?? '';
    if (field.kind === 'secret' || (text.trim() === '' && field.kind !== 'switch')) continue;
    if (text === field.initial && (field.rare || field.kind === 'choice')) continue;
    settings[field.name] = typedValue(field, text);
  }
  return settings;
}

/** What to send to be saved: settings that are gone are taken away by name, secrets only when typed. */
export function toSave(
  connector: ConnectorRow,
  draft: Draft,
  saved: ConnectionRow | undefined,
): SaveConnection {
  const settings = settingsFrom(connector, draft);
  // What a sign-in told stays for as long as the connection signs in that way.
  const asked = new Set(askedOf(connector, draft.values).map(({ name }) => name));
  const stays = fieldsOf(connector).filter(
    ({ told, kind }) => told && kind !== 'secret' && draft.values.auth === 'oauth',
  );
  const told = new Set(stays.map(({ name }) => name));
  for (const name of Object.keys(settingsOf(saved))) {
    if (!(name in settings) && !told.has(name)) settings[name] = null;
  }
  const secrets: Record<string, string> = {};
  for (const { field } of draft.sandbox ? [] : connector.secrets) {
    if (!asked.has(field)) continue;
    // A token is never trimmed inside; what a copy brought along at its ends is not part of it.
    const secret = (draft.values[field] ?? '').trim();
    if (secret) secrets[field] = secret;
  }
  return { name: draft.name.trim(), connector: connector.connector, settings, secrets };
}

/** What keeps a draft from being saved, by field; keys of words. */
export function wrongs(
  connector: ConnectorRow,
  draft: Draft,
  context: { saved: ConnectionRow | undefined; taken: readonly string[] },
): Record<string, string> {
  const { saved, taken } = context;
  const wrong: Record<string, string> = {};
  const name = draft.name.trim();
  if (!/^[\p{L}\p{N}._-]{1,64}$/u.test(name)) wrong.name = 'connections:wrong.name';
  else if (!saved && taken.includes(name)) wrong.name = 'connections:wrong.taken';
  if (draft.sandbox) return wrong;
  const elsewhere = saved !== undefined && leadsElsewhere(connector, draft, saved);
  for (const field of askedOf(connector, draft.values)) {
    if ((draft.values[field.name] ?? '').trim() !== '') continue;
    const kept = field.kind === 'secret' && saved?.secrets[field.name] !== undefined;
    if (kept && elsewhere && field.required) wrong[field.name] = 'connections:wrong.secretElsewhere';
    else if (field.required && !kept) wrong[field.name] = 'connections:wrong.empty';
  }
  return wrong;
}

/** Settings that say nothing about where a connection leads. */
const HERE = new Set(['username', 'create', 'tls', 'client_id', 'scopes', 'redirect']);

/** A stored secret goes to the place it was entered for and nowhere else: any change of where asks for it anew. */
function leadsElsewhere(connector: ConnectorRow, draft: Draft, saved: ConnectionRow): boolean {
  const before = draftOf(connector, saved, '');
  if (before.sandbox !== draft.sandbox) return true;
  const where = fieldsOf(connector).filter(
    ({ kind, name, told }) => kind !== 'secret' && !told && !HERE.has(name),
  );
  return where.some(({ name }) => (before.values[name] ?? '').trim() !== (draft.values[name] ?? '').trim());
}
