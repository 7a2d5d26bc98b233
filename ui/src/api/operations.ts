// The engine's operations, as crates/engine/src/operations has them. Replaced by the generated list: then
// types.ts takes them from there, and this file goes.

/** A person's, the schedule's, a retry's or a recovery's run. */
export type Trigger = 'manual' | 'schedule' | 'retry' | 'recovery';
/** How a run stands. */
export type RunStatus =
  'Running' | 'Successful' | 'Finished with problems' | 'Failed' | 'Cancelled' | 'Interrupted' | 'Waiting';
/** What became of a record. */
export type Label = 'Written' | 'Unchanged' | 'Skipped' | 'Failed';
/** Whether a processflow runs by its schedule. */
export type DeploymentState = 'active' | 'paused' | 'undeployed';
/** What the engine does about a problem. */
export type Kind = 'config' | 'rejected' | 'bug' | { unavailable: { retry_after: Duration | null } };
export interface Duration {
  secs: number;
  nanos: number;
}
export interface RunProblem {
  kind: Kind;
  message: string;
  hint: string | null;
}
/** A name and a value to show. */
export interface Fact {
  name: string;
  value: string;
}
export interface Run {
  run: string;
  processflow: string;
  version: number;
  trigger: Trigger;
  part: boolean;
  status: RunStatus;
  started_at: string;
  ended_at: string | null;
  read: number;
  written: number;
  unchanged: number;
  skipped: Record<string, number>;
  failed: number;
  problem: RunProblem | null;
}
export interface Holder {
  pid: number;
  since: string | null;
  host: string;
  socket: string;
}
export interface AgentStatus {
  version: string;
  data_folder: string;
  agent: Holder | null;
  running: Run[];
  processflows: number;
  connections: number;
  failed: number;
  waiting: Run[];
}
export interface Validation {
  facts: Fact[];
  missing: string[];
  sandbox: boolean;
}
export interface ConnectionRow {
  name: string;
  connector: string;
  settings: Record<string, unknown>;
  seal: string;
  /** Which secrets are set, and when. */
  secrets: Record<string, string>;
  validated_at: string | null;
  changed_at: string;
  understood: Fact[];
  used_by: string[];
}
export interface ActionRow {
  connector: string;
  action: string;
  does: string;
  about: string;
  scope: string | null;
  guarantee: string | null;
  largest_batch: number | null;
  with: unknown;
}
export interface LedgerEntry {
  run: string;
  processflow: string;
  at: string;
  source: string;
  labels: string[];
  outcome: Label;
  status: string;
  detail: string | null;
  target: string | null;
}
export interface SetAside {
  number: number;
  processflow: string;
  source: string;
  labels: string[];
  class: string;
  message: string;
  hint: string | null;
  tries: number;
  run: string;
  first_at: string;
  last_at: string;
  state: 'open' | 'settled' | 'dismissed';
  note: string | null;
}
export interface LifeLine {
  entries: LedgerEntry[];
  set_aside: SetAside[];
}
export interface ProcessflowRow {
  processflow: string;
  description: string | null;
  version: number;
  state: DeploymentState;
  paused_until: string | null;
  connections: Record<string, string>;
  next: string[];
  last: Run | null;
  failed: number;
  problem: string | null;
}
export interface SettingRow {
  key: string;
  value: string;
  about: string;
}
/** A connector as its form needs it. */
export interface ConnectorRow {
  connector: string;
  title: string;
  about: string;
  /** JSON Schema of the settings; secrets are not among them. */
  settings: JsonSchema;
  secrets: SecretField[];
  actions: number;
}
export interface SecretField {
  name: string;
  title: string;
}
/** What the engine made of settings, without saving them or asking anybody. */
export interface Understood {
  understood: Fact[] | null;
  problem: RunProblem | null;
}
/** The part of JSON Schema that settings use. */
export interface JsonSchema {
  type?: string | string[];
  description?: string;
  default?: unknown;
  const?: unknown;
  enum?: unknown[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  $ref?: string;
  $defs?: Record<string, JsonSchema>;
}
type Nothing = Record<string, never>;

/** Names of the engine's operations, with what they take and answer. */
export interface EngineOperations {
  status: { input: Nothing; output: AgentStatus };
  connections: { input: Nothing; output: ConnectionRow[] };
  list_connectors: { input: Nothing; output: ConnectorRow[] };
  understand_connection: {
    input: { connector: string; settings: Record<string, unknown> };
    output: Understood;
  };
  save_connection: {
    input: {
      name: string;
      connector: string | null;
      settings: Record<string, unknown> | null;
      secrets: Record<string, string> | null;
    };
    output: ConnectionRow;
  };
  remove_connection: { input: { name: string }; output: null };
  validate_connection: { input: { name: string }; output: Validation };
  actions: { input: { connector: string | null; search: string | null }; output: ActionRow[] };
  processflows: { input: Nothing; output: ProcessflowRow[] };
  runs: { input: { processflow: string | null; limit: number | null }; output: Run[] };
  find: { input: { text: string }; output: LifeLine };
  settings: { input: Nothing; output: SettingRow[] };
  change_setting: { input: { key: string; value: string }; output: null };
}
