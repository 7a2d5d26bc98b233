// Operations whose engine side comes with the connection forms. They move into the generated list with it.
import type { Fact, JsonValue, Problem } from './generated/operations';

/** A connector as its form needs it. */
export interface ConnectorRow {
  connector: string;
  title: string;
  /** One sentence. */
  about: string;
  /** JSON Schema of the settings; secrets are not among them. */
  settings: JsonValue;
  secrets: SecretField[];
  /** How many actions it has. */
  actions: number;
}

/** A secret of a connection: its name, and the words of the form. */
export interface SecretField {
  name: string;
  title: string;
}

/** What the engine made of settings, without saving them or asking anybody. */
export interface Understood {
  understood: Fact[] | null;
  problem: Problem | null;
}

/** Names, inputs and outputs. */
export interface PendingOperations {
  list_connectors: { input: Record<symbol, never>; output: ConnectorRow[] };
  understand_connection: {
    input: { connector: string; settings: Record<string, JsonValue> };
    output: Understood;
  };
}
