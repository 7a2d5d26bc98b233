// Made from the engine's list of operations by its tests. Changes here are lost.

/** An action of the catalogue. */
export type ActionRow = {
  /** Its connector. */
  connector: string,
  /** Its name. */
  action: string,
  /** `read` or `write`. */
  does: string,
  /** One sentence. */
  about: string,
  /** The permission it needs. */
  scope: string | null,
  /** What a write guarantees. */
  guarantee: Guarantee | null,
  /** Rows in one request at most. */
  largest_batch: number | null,
  /** JSON Schema of its parameters. */
  with: JsonValue,
};

/** The agent in one line, and what is under it. */
export type AgentStatus = {
  /** This program's version. */
  version: string,
  /** The data folder. */
  data_folder: string,
  /** Who is the agent now; nobody when empty. */
  agent: Holder | null,
  /** Runs under way. */
  running: Array<Run>,
  /** Deployed processflows. */
  processflows: number,
  /** Saved connections. */
  connections: number,
  /** Records that wait set aside. */
  failed: number,
  /** Processflows whose last run waits for something or failed, with the cause. */
  waiting: Array<Run>,
};

/** What may be cleared. */
export type Area = "cache" | "temp";

/** How much an area holds. */
export type AreaUse = {
  /** Which. */
  area: Area,
  /** Where it lies. */
  path: string,
  /** How many files. */
  files: number,
  /** Their size in bytes. */
  bytes: number,
  /** When the oldest was last changed. */
  oldest: string | null,
};

/** Ends a run at a safe point. What is settled stays; the next run goes on from there. */
export type CancelRun = {
  /** The run, or its processflow. */
  run: string,
};

/** Changes one setting. */
export type ChangeSetting = {
  /** Its name. */
  key: string,
  /** Its new value. */
  value: string,
};

/** Checks a processflow file without deploying it. */
export type CheckProcessflow = {
  /** The file's text. */
  text: string,
  /** What messages call it. */
  file: string,
};

/** What a check found. */
export type Checked = {
  /** The processflow's name, when it can be deployed. */
  processflow: string | null,
  /** What is wrong, with line, column and the way out. */
  problems: JsonValue,
};

/** Clears cache or temp. Safe at any instant; watermarks, ledger, credentials and history are never touched. */
export type ClearArea = {
  /** Which; both when left out. */
  area?: Area | null,
};

/** What clearing an area gave back. */
export type Cleared = {
  /** Files removed. */
  files: number,
  /** Bytes given back. */
  bytes: number,
};

/** A saved connection, and where it is used. */
export type ConnectionRow = {
  /** What its settings were understood as ("store hash abc123"). */
  understood: Array<Fact>,
  /** Deployed processflows that use it. */
  used_by: Array<string>,
  /** Its name. */
  name: string,
  /** Its connector. */
  connector: string,
  /** Its settings, without secrets. */
  settings: JsonValue,
  /** Where its secrets may be sent. */
  seal: string,
  /** Which secrets are set, and when; never what they are. */
  secrets: { [key in string]: string },
  /** When it was last found to work, and what it told. */
  validated_at: string | null,
  /** When it was last changed. */
  changed_at: string,
};

/** The balance of a run: `read = written + unchanged + skipped + failed`. */
export type Counts = {
  /** Records that came from the source and are settled. */
  read: number,
  /** Records that are there now. */
  written: number,
  /** Records that were there already. */
  unchanged: number,
  /** Records a rule left out, by reason. */
  skipped: { [key in string]: number },
  /** Records set aside. */
  failed: number,
};

/** Deploys a processflow file: it becomes the next version on this agent. */
export type Deploy = {
  /** The file's text. */
  text: string,
  /** What messages call it. */
  file: string,
  /** Which saved connection stands behind which alias. Left out: the one of the version before, the one that
   * carries the alias's name, or the only one of its connector. */
  connections?: { [key in string]: string },
  /** Who deploys it: the operating system's account. */
  author?: string,
};

/** What was deployed. */
export type Deployed = {
  /** The processflow. */
  processflow: string,
  /** Its version. */
  version: number,
  /** `Successful`; an unsuccessful deployment is an error and leaves the version before in place. */
  state: string,
  /** False when exactly this was deployed already. */
  new: boolean,
  /** Which connection stands behind which alias. */
  connections: { [key in string]: string },
  /** When it runs next, by its schedule. */
  next: string | null,
};

/** Whether a deployment runs by its schedule. */
export type DeploymentState = "active" | "paused" | "undeployed";

/** Lets set-aside records go, with a note that says why. */
export type DismissFailed = {
  /** Their numbers. */
  numbers: Array<number>,
  /** Why. */
  note: string,
};

/** Replaces the payload of a set-aside record before it is sent again. */
export type EditFailed = {
  /** Its number. */
  number: number,
  /** The record, as it should have been read. */
  payload: JsonValue,
};

/** A name and a value to show. */
export type Fact = {
  /** "Store" */
  name: string,
  /** "Blue Bottle Ltd." */
  value: string,
};

/** A set-aside record with its payload. */
export type FailedDetail = {
  /** As it was read, or as a person edited it. */
  payload: JsonValue,
  /** Its number, what people name it by. */
  number: number,
  /** Its processflow. */
  processflow: string,
  /** Its id in its source. */
  source: string,
  /** Other names. */
  labels: Array<string>,
  /** See [`Cause::class`]. */
  class: string,
  /** The thing and the fact. */
  message: string,
  /** The next step. */
  hint: string | null,
  /** How often it was tried, over all runs. */
  tries: number,
  /** The last run it failed in. */
  run: string,
  /** When it failed first. */
  first_at: string,
  /** When it failed last. */
  last_at: string,
  /** Whether it still waits. */
  state: SetAsideState,
  /** What the person who dismissed it wrote. */
  note: string | null,
};

/** Which lines are wanted. */
export type Filter = {
  /** This serious, or more. */
  level?: LogLevel | null,
  /** Of this processflow. */
  processflow?: string | null,
  /** Of this run. */
  run?: string | null,
  /** With these letters anywhere in the line, in capitals or not. */
  text?: string | null,
  /** From this instant on. */
  since?: string | null,
  /** The last so many; all when there is no limit. */
  limit?: number | null,
};

/** Where is order 1042? Everything that is known of a record, by its id, number, SKU, e-mail or target id. */
export type FindRecord = {
  /** What to look for. */
  text: string,
};

/** A secret on its way from a shell to the agent: over the local socket, never further. The only secret that
 * serialises, and it prints `[redacted]`. */
export type Given = string;

/** What an action guarantees; the engine does the rest of the way to "never lost, never doubled". */
export type Guarantee = "transactional" | "idempotent" | "lookup" | "at_most_once";

/** Who holds a data folder. */
export type Holder = {
  /** Its process id; 0 when it has not said so yet. */
  pid: number,
  /** Since when; `None` when it has not said so yet. */
  since: string | null,
  /** On which machine. */
  host: string,
  /** Where it listens. */
  socket: string,
};

export type JsonValue = number | string | boolean | Array<JsonValue> | { [key in string]: JsonValue } | null;

/** What the program does about an error. */
export type Kind = "config" | { "unavailable": {
  /** How long the other side asked us to wait, where it said so. */
  retry_after: { secs: number; nanos: number } | null,
} } | "rejected" | "bug";

/** What became of a record. */
export type Label = "written" | "unchanged" | "skipped" | "failed";

/** A line of the ledger with the run it belongs to. */
export type LedgerEntry = {
  /** The run. */
  run: string,
  /** Its processflow. */
  processflow: string,
  /** When that run began. */
  at: string,
  /** The record's id in its source. */
  source: string,
  /** Other names. */
  labels: Array<string>,
  /** What became of it. */
  outcome: Label,
  /** Success, Skipped or Failed. */
  status: string,
  /** The reason it was skipped, or why it failed. */
  detail: string | null,
  /** What the destination calls it. */
  target: string | null,
};

/** A record's life line. */
export type LifeLine = {
  /** What became of it in each run, oldest first. */
  entries: Array<LedgerEntry>,
  /** Where it waits, or waited, set aside. */
  set_aside: Array<SetAside>,
};

/** One event. */
export type Line = {
  /** When, to the millisecond. */
  time: string,
  /** How serious. */
  level: LogLevel,
  /** The run it belongs to. */
  run?: string | null,
  /** The processflow it belongs to. */
  processflow?: string | null,
  /** The part of the program that speaks. */
  target: string,
  /** The sentence. */
  message: string,
} & ({ [key in string]: number | string | boolean | Array<JsonValue> | { [key in string]: JsonValue } | null });

/** The catalogue of actions. */
export type ListActions = {
  /** Of one connector only. */
  connector?: string | null,
  /** Whose name or sentence holds this text. */
  search?: string | null,
};

/** All saved connections. */
export type ListConnections = Record<symbol, never>;

/** Records that wait set aside. */
export type ListFailed = {
  /** Of one processflow only. */
  processflow?: string | null,
  /** How many at most. */
  limit?: number,
};

/** All deployed processflows. */
export type ListProcessflows = Record<symbol, never>;

/** The newest runs. */
export type ListRuns = {
  /** Of one processflow only. */
  processflow?: string | null,
  /** How many at most. */
  limit?: number,
};

/** All versions of a processflow. */
export type ListVersions = {
  /** The processflow. */
  processflow: string,
};

/** A level of the log, by consequence. */
export type LogLevel = "error" | "warn" | "info" | "debug" | "trace";

/** Lines, and where the look ended. */
export type LogLines = {
  /** The lines. */
  lines: Array<Line>,
  /** To be given with the next look. */
  position: Position,
};

/** Moves the place where a processflow's next run goes on: it reads what changed since then. */
export type MoveWatermark = {
  /** The processflow. */
  processflow: string,
  /** To when. */
  to: string,
};

/** Stops a processflow's schedule; runs by hand stay possible. */
export type Pause = {
  /** The processflow. */
  processflow: string,
  /** For how long, in seconds; until resumed when left out. */
  seconds?: number | null,
};

/** How far the log was read. Lines after it have not been seen. */
export type Position = {
  /** The name of the file; empty before the first. */
  file: string, offset: number,
};

/** An error as it is kept and shown. */
export type Problem = {
  /** See [`connector_kit::Kind`]. */
  kind: Kind,
  /** The thing and the fact. */
  message: string,
  /** The next step. */
  hint: string | null,
};

/** A deployed processflow. */
export type ProcessflowRow = {
  /** Its name. */
  processflow: string,
  /** What it does, in its own words. */
  description: string | null,
  /** The version that runs. */
  version: number,
  /** Whether it runs by its schedule. */
  state: DeploymentState,
  /** When a pause ends by itself. */
  paused_until: string | null,
  /** Which connection stands behind which alias. */
  connections: { [key in string]: string },
  /** The next times it runs, by its schedule. */
  next: Array<string>,
  /** Its last run. */
  last: Run | null,
  /** How many of its records wait set aside. */
  failed: number,
  /** Why it cannot run, when the deployed file no longer compiles with this program. */
  problem: string | null,
};

/** How far a run is. */
export type Progress = {
  /** The run. */
  run: string,
  /** Its processflow. */
  processflow: string,
  /** Records read so far, settled or not. */
  read: number,
  /** Records the source expects in all, where it knows. */
  expected: number | null,
  /** What was settled. */
  settled: Counts,
  /** What it waits for, while it waits. */
  waiting: string | null,
  /** When something last happened. */
  at: string,
  /** Set when it ended. */
  ended: RunStatus | null,
};

/** Lines of the log, newest last: the last ones, or those that came after a position. */
export type ReadLogs = {
  /** Which lines. */
  filter?: Filter,
  /** Where the last look ended. */
  after?: Position | null,
};

/** Forgets a connection and its secrets. */
export type RemoveConnection = {
  /** Its name. */
  name: string,
};

/** Lets a processflow's schedule go on. */
export type Resume = {
  /** The processflow. */
  processflow: string,
};

/** Sends set-aside records again, as they are kept. */
export type RetryFailed = {
  /** All of one processflow. */
  processflow?: string | null,
  /** These, by number. */
  numbers?: Array<number>,
};

/** The runs that were started, one per processflow. */
export type RetryStarted = {
  /** Their ids. */
  runs: Array<string>,
};

/** Goes back to a version; the watermark stays where it is. */
export type Rollback = {
  /** The processflow. */
  processflow: string,
  /** The version. */
  version: number,
};

/** One run of a processflow. */
export type Run = {
  /** Its id. */
  run: string,
  /** The processflow. */
  processflow: string,
  /** The version that ran. */
  version: number,
  /** What started it. */
  trigger: Trigger,
  /** Over chosen records only: it does not move the watermark. */
  part: boolean,
  /** How it stands. */
  status: RunStatus,
  /** When it began. */
  started_at: string,
  /** When it ended. */
  ended_at: string | null,
  /** The error that ended it. */
  problem: Problem | null,
  /** Records that came from the source and are settled. */
  read: number,
  /** Records that are there now. */
  written: number,
  /** Records that were there already. */
  unchanged: number,
  /** Records a rule left out, by reason. */
  skipped: { [key in string]: number },
  /** Records set aside. */
  failed: number,
};

/** A run and its records. */
export type RunDetail = {
  /** Its records, the first ones. */
  records: Array<LedgerEntry>,
  /** Its id. */
  run: string,
  /** The processflow. */
  processflow: string,
  /** The version that ran. */
  version: number,
  /** What started it. */
  trigger: Trigger,
  /** Over chosen records only: it does not move the watermark. */
  part: boolean,
  /** How it stands. */
  status: RunStatus,
  /** When it began. */
  started_at: string,
  /** When it ended. */
  ended_at: string | null,
  /** The error that ended it. */
  problem: Problem | null,
  /** Records that came from the source and are settled. */
  read: number,
  /** Records that are there now. */
  written: number,
  /** Records that were there already. */
  unchanged: number,
  /** Records a rule left out, by reason. */
  skipped: { [key in string]: number },
  /** Records set aside. */
  failed: number,
};

/** How far a run is. Answers at once; ask again, at most some times a second. */
export type RunProgress = {
  /** The run. */
  run: string,
};

/** A run that was started. */
export type RunStarted = {
  /** Its id. */
  run: string,
};

/** How a run stands. */
export type RunStatus = "Running" | "Successful" | "Finished with problems" | "Failed" | "Cancelled" | "Interrupted" | "Waiting";

/** Saves a connection: a new one, or changed settings of one that is there. */
export type SaveConnection = {
  /** Its name. */
  name: string,
  /** Its connector; may be left out when it exists already. */
  connector?: string | null,
  /** Settings to set; `null` takes one away. */
  settings?: { [key in string]: JsonValue },
  /** Secrets to set with it. */
  secrets?: { [key in string]: Given },
};

/** A record that was set aside. */
export type SetAside = {
  /** Its number, what people name it by. */
  number: number,
  /** Its processflow. */
  processflow: string,
  /** Its id in its source. */
  source: string,
  /** Other names. */
  labels: Array<string>,
  /** See [`Cause::class`]. */
  class: string,
  /** The thing and the fact. */
  message: string,
  /** The next step. */
  hint: string | null,
  /** How often it was tried, over all runs. */
  tries: number,
  /** The last run it failed in. */
  run: string,
  /** When it failed first. */
  first_at: string,
  /** When it failed last. */
  last_at: string,
  /** Whether it still waits. */
  state: SetAsideState,
  /** What the person who dismissed it wrote. */
  note: string | null,
};

/** Whether a set-aside record still waits. */
export type SetAsideState = "open" | "settled" | "dismissed";

/** Sets one secret of a connection. It is never given back. */
export type SetSecret = {
  /** The connection. */
  name: string,
  /** The field. */
  field: string,
  /** The secret. */
  secret: Given,
};

/** A setting as it is now. */
export type SettingRow = {
  /** Its name. */
  key: string,
  /** Its value. */
  value: string,
  /** What it does. */
  about: string,
};

/** What cache and temp hold. */
export type ShowCache = Record<symbol, never>;

/** One set-aside record with its payload. */
export type ShowFailed = {
  /** Its number. */
  number: number,
};

/** One run, its balance and its records. */
export type ShowRun = {
  /** Its id, or the beginning of it; `last` for the newest. */
  run: string,
  /** Records of one outcome only. */
  outcome?: Label | null,
  /** Records at most. */
  limit?: number,
};

/** The JSON Schema of processflow files, and the functions of expressions. */
export type ShowSchema = Record<symbol, never>;

/** The agent's settings. */
export type ShowSettings = Record<symbol, never>;

/** Where a processflow's next run goes on. */
export type ShowWatermark = {
  /** The processflow. */
  processflow: string,
};

/** Starts a run of a deployed processflow. A run that was interrupted goes on under its own id. */
export type StartRun = {
  /** The processflow. */
  processflow: string,
  /** Read everything again, from the beginning. */
  full?: boolean,
  /** Read these records only; the watermark stays. */
  ids?: Array<string>,
  /** Read what changed since then; the watermark stays. */
  since?: string | null,
  /** Filters of this run alone; the watermark stays. */
  filter?: { [key in string]: string },
};

/** How the agent of this data folder stands. Takes no lock and reads no ledger row. */
export type Status = Record<symbol, never>;

/** What started a run. */
export type Trigger = "manual" | "schedule" | "retry" | "recovery";

/** Takes a processflow off this agent. Its history, watermark and set-aside records stay. */
export type Undeploy = {
  /** The processflow. */
  processflow: string,
};

/** Tries a connection with the code that runs use. */
export type ValidateConnection = {
  /** Its name. */
  name: string,
};

/** A connection that works, and what it told of itself. */
export type Validation = {
  /** Store name, plan's quota, clock difference, engine version. */
  facts: Array<Fact>,
  /** Permissions that were found missing, in the system's own words; the connection works without them. */
  missing: Array<string>,
  /** True when the other end only pretends (a sandbox). */
  sandbox: boolean,
};

/** A version, and whether it is the one that runs. */
export type VersionRow = {
  /** Whether it is the one that runs. */
  runs: boolean,
  /** The deployment's id. */
  deployment: string,
  /** 1, 2, 3 … */
  version: number,
  /** The file as it was deployed. */
  text: string,
  /** Which saved connection stands behind each alias. */
  bindings: { [key in string]: string },
  /** The operating system's account that deployed it. */
  author: string,
  /** When. */
  at: string,
};

/** Where a processflow came to. */
export type WatermarkRow = {
  /** The processflow. */
  processflow: string,
  /** The position, in its source's own words; nothing when the next run begins at the beginning. */
  watermark: JsonValue | null,
  /** How many batches were settled. */
  batch: number,
  /** Raised each time the position is moved by hand. */
  epoch: number,
};

/** Every operation by name: what it takes and what it answers. */
export interface Operations {
  status: { input: Status; output: AgentStatus };
  connections: { input: ListConnections; output: Array<ConnectionRow> };
  actions: { input: ListActions; output: Array<ActionRow> };
  check: { input: CheckProcessflow; output: Checked };
  processflows: { input: ListProcessflows; output: Array<ProcessflowRow> };
  versions: { input: ListVersions; output: Array<VersionRow> };
  runs: { input: ListRuns; output: Array<Run> };
  show_run: { input: ShowRun; output: RunDetail };
  find: { input: FindRecord; output: LifeLine };
  failed: { input: ListFailed; output: Array<SetAside> };
  show_failed: { input: ShowFailed; output: FailedDetail };
  watermark: { input: ShowWatermark; output: WatermarkRow };
  logs: { input: ReadLogs; output: LogLines };
  cache: { input: ShowCache; output: Array<AreaUse> };
  settings: { input: ShowSettings; output: Array<SettingRow> };
  schema: { input: ShowSchema; output: JsonValue };
  save_connection: { input: SaveConnection; output: ConnectionRow };
  remove_connection: { input: RemoveConnection; output: null };
  set_secret: { input: SetSecret; output: null };
  validate_connection: { input: ValidateConnection; output: Validation };
  deploy: { input: Deploy; output: Deployed };
  undeploy: { input: Undeploy; output: null };
  rollback: { input: Rollback; output: null };
  pause: { input: Pause; output: null };
  resume: { input: Resume; output: null };
  start_run: { input: StartRun; output: RunStarted };
  run_progress: { input: RunProgress; output: Progress };
  cancel_run: { input: CancelRun; output: null };
  retry_failed: { input: RetryFailed; output: RetryStarted };
  edit_failed: { input: EditFailed; output: null };
  dismiss_failed: { input: DismissFailed; output: null };
  move_watermark: { input: MoveWatermark; output: null };
  clear_area: { input: ClearArea; output: Array<Cleared> };
  change_setting: { input: ChangeSetting; output: null };
}
