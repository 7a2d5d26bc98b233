// Made from the engine's list of operations by its tests. Changes here are lost.

/** What a permission was found to allow. */
export type Access = "refused" | "read_only" | "reads" | "modify" | "untried";

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

/** Trusts an authority besides the system's. What is opened from now on trusts it; no restart is needed. */
export type AddAuthority = {
  /** Its certificate as PEM text. */
  pem: string,
};

/** How a draft stands to what is deployed under its name. */
export type Against = "not_deployed" | "same" | "different";

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
  /** What each store last said of its request budget; none while no store was spoken to lately. */
  quotas: Array<QuotaLeft>,
  /** The next run by a schedule. */
  next: NextRun | null,
  /** Processflows that a person paused. */
  paused: Array<PausedRow>,
};

/** Requests that a system takes in a window of time. */
export type Allowance = {
  /** Requests. */
  requests: number,
  /** Seconds of the window. */
  seconds: number,
};

/** What may be cleared. */
export type Area = "cache" | "temp" | "diagnosis";

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
  /** Ids of what lies there: `look_ups`, `snapshots` … */
  holds: Array<string>,
  /** Ids of what clearing it does not touch: `watermarks`, `secrets` … */
  keeps: Array<string>,
};

/** A request and its answer, as people look at it. */
export type Asked = {
  /** `PUT v3/catalog/products/17` */
  request: string,
  /** What was sent. */
  body: string | null,
  /** The answer's status; nothing when no answer came. */
  status: number | null,
  /** The answer. */
  answer: string | null,
};

/** Begins a sign-in of a saved connection: from now on, for some minutes, what the browser brings back is waited for. */
export type BeginSignIn = {
  /** The connection. */
  name: string,
  /** Nobody listens: a person will paste what the browser brings back. */
  by_hand?: boolean,
};

/** Ends a run at a safe point. What is settled stays; the next run goes on from there. */
export type CancelRun = {
  /** The run, or its processflow. */
  run: string,
};

/** Ends a sample that is under way. */
export type CancelSample = {
  /** The ticket it was asked for with. */
  ticket: string,
};

/** Ends a sign-in that waits. */
export type CancelSignIn = {
  /** The sign-in. */
  ticket: string,
};

/** Ends a test of a connection that is under way. */
export type CancelTry = {
  /** The ticket it was asked for with. */
  ticket: string,
};

/** A saved connection that fits. */
export type Candidate = {
  /** Its name. */
  name: string,
  /** When it was last found to work. */
  validated_at: string | null,
};

/** What becomes of runs that were missed while the agent was off or asleep. */
export type CatchUp = "one" | "none";

/** A certificate that is trusted besides the system's, or a file that holds none. */
export type CertificateRow = {
  /** The file it lies in. */
  file: string,
  /** Whose it is; empty where the file tells nothing. */
  subject: string,
  /** Who vouches for it. */
  issuer: string,
  /** Until when it is good, an instant. */
  ends_at: string,
  /** Why it is of no use: the file is gone, holds no certificate, or the certificate has ended. */
  problem: string | null,
};

/** What happens at a place. */
export type Change = { "set": unknown } | "remove" | { "insert": unknown } | { "move": number } | { "rename": string };

/** Changes one setting. */
export type ChangeSetting = {
  /** Its name. */
  key: string,
  /** Its new value. */
  value: string,
};

/** Changes the secrets of a connection once they were found to be good for every deployed processflow. While they are
 * tested, and when they are not good, the connection goes on with those it has. */
export type ChangeToken = {
  /** The connection. */
  name: string,
  /** The new secrets by field. */
  secrets: { [key in string]: Given },
  /** A name of the caller's choice, to cancel the test by (`cancel_try`). */
  ticket?: string | null,
};

/** One thing that was checked. */
export type Check = {
  /** What it is about. */
  about: CheckedPart,
  /** Which one: the connection's or the step's name. */
  name: string | null,
  /** How it came out. */
  outcome: CheckOutcome,
  /** The thing and the fact. */
  message: string,
  /** The way out. */
  hint: string | null,
  /** When. */
  at: string,
};

/** How a check came out. */
export type CheckOutcome = "good" | "odd" | "bad";

/** Holds what a connection's token may do against what the deployed processflows need, without changing anything. */
export type CheckPermissions = {
  /** The connection. */
  name: string,
  /** Actions besides, by name. */
  actions?: Array<string>,
};

/** Checks a processflow file without deploying it. */
export type CheckProcessflow = {
  /** The file's text. */
  text: string,
  /** What messages call it. */
  file: string,
};

/** Checks a text as it is typed. */
export type CheckText = {
  /** The file's text. */
  text: string,
};

/** What a check found. */
export type Checked = {
  /** The processflow's name, when it can be deployed. */
  processflow: string | null,
  /** What is wrong, with line, column and the way out. */
  problems: JsonValue,
};

/** What a check is about. */
export type CheckedPart = "file" | "cases" | "connection" | "destination" | "version";

/** What a check found. */
export type CheckedText = {
  /** The processflow's name, when it can be deployed. */
  processflow: string | null,
  /** Mistakes, and what is odd. */
  problems: Array<Mark>,
};

/** Clears cache or temp. Safe at any instant; watermarks, ledger, credentials and history are never touched. */
export type ClearArea = {
  /** Which; temp and cache when left out. */
  area?: Area | null,
};

/** What clearing an area gave back. */
export type Cleared = {
  /** Files removed. */
  files: number,
  /** Bytes given back. */
  bytes: number,
};

/** What could stand at the cursor. */
export type Complete = {
  /** The file's text. */
  text: string,
  /** The cursor's line, from 1. */
  line: number,
  /** The cursor's column in characters, from 1. */
  column: number,
  /** A record of the source, to name its fields. */
  record?: JsonValue | null,
};

/** What could stand at the cursor, and what it would replace. */
export type Completion = {
  /** The line of what is being written. */
  line: number,
  /** The column where it begins; it ends at the cursor. */
  column: number,
  /** In the order they are most likely wanted. */
  proposals: Array<Proposal>,
};

/** What came of trying a connection. */
export type ConnectionChecked = {
  /** When. */
  at: string,
  /** What it told of itself, when it works. */
  found: Validation | null,
  /** Why it does not work, or could not be tried (kind `unavailable`). */
  problem: Problem | null,
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
  /** The last time it was tried, and what came of it. */
  checked: ConnectionChecked | null,
  /** When it was last changed. */
  changed_at: string,
};

/** A connector as its form draws it. */
export type ConnectorRow = {
  /** Its name in processflow files. */
  connector: string,
  /** The name people read. */
  title: string,
  /** One sentence. */
  about: string,
  /** JSON Schema of its settings; its secrets are not among them. */
  settings: JsonValue,
  /** Its secret fields, in the order of the form. */
  secrets: Array<SecretField>,
  /** How many actions read. */
  reads: number,
  /** How many actions write. */
  writes: number,
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

/** Deploys a processflow file: it becomes the next version on this agent. A person who calls this agrees to what the
 * file does. */
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
  /** Why, in that person's words. */
  note?: string | null,
  /** The draft whose cases are run with it. */
  draft?: string | null,
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

/** One deployment, while it is under way and for good. */
export type Deploying = {
  /** Its place in the log. */
  number: number,
  /** The processflow. */
  processflow: string,
  /** How it stands. */
  state: DeployingState,
  /** What was wanted. */
  kind: DeployingKind,
  /** The version that runs because of it; none while it is under way, or when it did not succeed. */
  version: number | null,
  /** The version that ran before, and goes on when this one did not succeed. */
  before: number | null,
  /** The operating system's account. */
  author: string,
  /** Why, in that person's words. */
  note: string | null,
  /** When it began. */
  at: string,
  /** When it ended. */
  ended_at: string | null,
  /** What was checked, in order. */
  checks: Array<Check>,
};

/** What was wanted. */
export type DeployingKind = "deploy" | "rollback";

/** How a deployment stands. */
export type DeployingState = "Pending" | "Successful" | "Unsuccessful";

/** Whether a deployment runs by its schedule. */
export type DeploymentState = "active" | "paused" | "undeployed";

/** Diagnosis mode of one processflow: runs that begin from now on are written down record by record, for a while. */
export type Diagnose = {
  /** The processflow. */
  processflow: string,
  /** For how many minutes; 0 ends it. A week at most. */
  minutes: number,
};

/** Until when a processflow is in diagnosis mode. */
export type Diagnosed = {
  /** Until when; nothing when it was ended. */
  until: string | null,
};

/** What differs between two versions of a processflow, or between a version and its draft. */
export type DiffVersions = {
  /** The processflow. */
  processflow: string,
  /** The first version; the draft when left out. */
  a?: number | null,
  /** The second version; the draft when left out. */
  b?: number | null,
};

/** What differs between two texts. */
export type Difference = {
  /** Lines that only the second has. */
  added: number,
  /** Lines that only the first has. */
  removed: number,
  /** All lines, in order. */
  lines: Array<DifferentLine>,
};

/** A line of one text or of both. */
export type DifferentLine = {
  /** Where it stands. */
  stands: Stands,
  /** Its number in the first text. */
  before: number | null,
  /** Its number in the second text. */
  after: number | null,
  /** What it says. */
  text: string,
};

/** Lets set-aside records go, with a note that says why. */
export type DismissFailed = {
  /** Their numbers. */
  numbers?: Array<number>,
  /** All of one group, see `failed_groups`. */
  group?: string | null,
  /** Why. */
  note: string,
};

/** A draft that was made. */
export type DraftMade = {
  /** Its name. */
  name: string,
  /** How many cases came along. */
  cases: number,
};

/** A draft in the list. */
export type DraftRow = {
  /** The draft's name: that of its folder. */
  name: string,
  /** What the file calls itself; deploying goes by this. */
  processflow: string | null,
  /** What it does, in its own words. */
  description: string | null,
  /** The names it uses, and the connector of each. */
  connections: { [key in string]: string },
  /** How many mistakes a check finds. */
  mistakes: number,
  /** The first of them. */
  problem: string | null,
  /** How it stands to what is deployed. */
  against: Against,
  /** Where it came from; empty for one that was made here. */
  origin: Origin | null,
  /** Where it lies, for people who use another editor. */
  folder: string,
  /** What names this state of its text. */
  base: string,
};

/** A draft's text, and what names this state of it. */
export type DraftText = {
  /** The draft's name: that of its folder. */
  name: string,
  /** The file's text. */
  text: string,
  /** What [`Drafts::save`] wants to hear, to be sure that nobody changed the file meanwhile. */
  base: string,
};

/** One change of a file. */
export type Edit = {
  /** The way from the top of the file: `["steps", 2, "write", "map", "ID"]`. */
  path: Array<PathPart>,
  /** What happens there. */
  change: Change,
};

/** Replaces the payload of a set-aside record before it is sent again. */
export type EditFailed = {
  /** Its number. */
  number: number,
  /** The record, as it should have been read. */
  payload?: JsonValue,
  /** The same as JSON text, which is kept with the digits it has; it goes before `payload`. */
  text?: string | null,
};

/** Changes a text as a form wants it. The text is given and comes back: saving it is another matter. */
export type EditText = {
  /** The file's text. */
  text: string,
  /** What changes, one after the other. */
  edits: Array<Edit>,
};

/** A text that was changed. */
export type EditedText = {
  /** The text. */
  text: string,
  /** The form of it. */
  form: Form | null,
  /** What is wrong with it or odd. */
  problems: Array<Mark>,
};

/** What the word at a place means. */
export type Explain = {
  /** The file's text. */
  text: string,
  /** The line, from 1. */
  line: number,
  /** The column in characters, from 1. */
  column: number,
  /** A record of the source, to show what fields hold. */
  record?: JsonValue | null,
};

/** What the word under the cursor means. */
export type Explanation = {
  /** Its line. */
  line: number,
  /** Where it begins. */
  column: number,
  /** Where it ends. */
  end_column: number,
  /** The word, or how a function is called. */
  title: string,
  /** What it means. */
  about: string,
  /** Expression and result. */
  examples: Array<[string, string]>,
  /** What it holds in the sample record. */
  sample: string | null,
};

/** Writes lines of the log into a file, as they are kept: secrets are masked in them. The file is written by the
 * person's own program, wherever the agent runs. */
export type ExportLogs = {
  /** Which lines; all without a limit. */
  filter?: Filter,
  /** The file; it must not be there yet. */
  file: string,
};

/** What was exported. */
export type Exported = {
  /** Lines in the file. */
  lines: number,
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
  /** The same letter by letter: with the digits it has, which a reader of JSON may change. */
  payload_text: string,
  /** What the step that it failed in made of it, and what was asked and answered, secrets masked. */
  trace: Trace | null,
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
  /** The step it failed in, where it is known. */
  step: string | null,
  /** Its group: those that failed alike, see [`Group`](super::Group). */
  group: string,
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
  /** Before this instant. */
  until?: string | null,
  /** The last so many; all when there is no limit. */
  limit?: number | null,
};

/** Where is order 1042? Everything that is known of a record, by its id, number, SKU, e-mail or target id. */
export type FindRecord = {
  /** What to look for. */
  text: string,
};

/** Waits until a sign-in ended. */
export type FinishSignIn = {
  /** The sign-in. */
  ticket: string,
  /** What a person pasted: the whole address that the browser ended at, or the code alone. */
  pasted?: Given | null,
};

/** Forgets what is kept of a variable: the next run begins with what the file says. */
export type ForgetVariable = {
  /** The processflow. */
  processflow: string,
  /** The variable. */
  name: string,
};

/** A file as a form. */
export type Form = {
  /** The processflow's name. */
  processflow: string | null,
  /** What it does. */
  description: string | null,
  /** The names it uses, and the connector of each. */
  connections: Array<FormValue>,
  /** When it runs by itself, as it is written. */
  schedule: unknown,
  /** Its look-up tables. */
  lookups: Array<FormTable>,
  /** How often a record is tried while the other side cannot answer, where the file says it. */
  tries: string | null,
  /** Values that are kept from one run to the next. */
  variables: Array<FormVariable>,
  /** The steps. */
  steps: Array<FormStep>,
};

/** A step. */
export type FormStep = {
  /** Its number: `3`; inside of others `3.2.1`. */
  number: string,
  /** The way to it: `["steps", 2]`. */
  path: Array<PathPart>,
  /** The kind of step, as it is written: `read`, `write`, `branch`. */
  kind: string,
  /** `connection/action` */
  action: string | null,
  /** The action's parameters. */
  with: unknown,
  /** The rule of a `skip`. */
  when: string | null,
  /** Its reason. */
  reason: string | null,
  /** The list a `write` makes a row of each element of, or a `for_each` goes through. */
  each: string | null,
  /** What a `fetch` expects to come. */
  expect: string | null,
  /** How long a `delay` is. */
  delay: string | null,
  /** Whether a `write` leaves out what is as it was. */
  changes_only: boolean,
  /** The name of the answer of a `fetch` or `write`, of the list of a `merge`, of the element of a `for_each`. */
  as: string | null,
  /** The columns a `write` maps, the parameters a `fetch` does, the values a `set` names, what a `merge` goes by: with
   * their expressions. */
  values: Array<FormValue>,
  /** True where there is a `map`; a `write` without one writes records as they are. */
  has_map: boolean,
  /** The ways of a `branch`, the steps of a `for_each`. */
  inside: Array<FormSteps>,
};

/** Steps inside of another one. */
export type FormSteps = {
  /** The way to what holds them: `["steps", 2, "branch", 0]`; the list is its field `steps`. */
  path: Array<PathPart>,
  /** The rule of a way; the way of all others has none. */
  when: string | null,
  /** The steps. */
  steps: Array<FormStep>,
};

/** A look-up table. */
export type FormTable = {
  /** Its name. */
  name: string,
  /** Its values by key. */
  entries: Array<FormValue>,
};

/** A name and what is written behind it. */
export type FormValue = {
  /** The name. */
  name: string,
  /** What is written, without quotes; empty for a list or mapping, which only the text shows. */
  value: string | null,
};

/** A value that is kept from one run to the next. */
export type FormVariable = {
  /** Its name. */
  name: string,
  /** Its first value, as it is written. */
  start: string | null,
  /** Kept encrypted. */
  encrypted: boolean,
};

/** A secret on its way from a shell to the agent: over the local socket, never further. The only secret that
 * serialises, and it prints `[redacted]`. */
export type Given = string;

/** The picture of a processflow. */
export type Graph = {
  /** The steps, in the order of the file. */
  nodes: Array<GraphNode>,
  /** What leads from one to another. */
  edges: Array<GraphEdge>,
};

/** What leads from a step to the next. */
export type GraphEdge = {
  /** `1-2` */
  id: string,
  /** The step it leaves. */
  from: string,
  /** The step it leads to. */
  to: string,
  /** The rule of the way that begins here, behind a `branch`. */
  when: string | null,
  /** Records that went along it in the run that was asked for. */
  records: number | null,
};

/** A step. */
export type GraphNode = {
  /** The step's number in the file: `1`; inside of others `2.1.1`. */
  id: string,
  /** The kind of step, as it is written: `read`, `write`, `branch`. */
  kind: string,
  /** The connection's name in the file. */
  connection: string | null,
  /** The connection's connector. */
  connector: string | null,
  /** The action: `orders.changed`. */
  action: string | null,
  /** The table, file or list the action is about, where its parameters name one. */
  target: string | null,
  /** The rule of a `skip`. */
  when: string | null,
  /** The reason of a `skip`. */
  reason: string | null,
  /** The list a `write` makes a row of each element of, or a `for_each` goes through. */
  each: string | null,
  /** The names a `set` gives, the columns a `write` maps, what a `merge` goes by. */
  names: Array<string>,
  /** The name of the answer of a `fetch` or `write`, of the list of a `merge`; how long a `delay` is. */
  gives: string | null,
  /** The number of the step it lies in. */
  inside: string | null,
  /** Where it stands in the file: `steps/0`. */
  path: string,
  /** Its first line. */
  first_line: number,
  /** Its last line. */
  last_line: number,
  /** What passed through it in the run that was asked for. */
  counts: StepCounts | null,
};

/** Set-aside records that wait for one cause. */
export type Group = {
  /** What names it: for listing, retrying or dismissing all of it. */
  group: string,
  /** Its processflow. */
  processflow: string,
  /** `rejected`, `exhausted` or `unknown`. */
  class: string,
  /** The step its records failed in, where it is known. */
  step: string | null,
  /** The message without what differs from record to record. */
  message: string,
  /** How many wait. */
  count: number,
  /** When the first of them failed first. */
  first_at: string,
  /** When the last of them failed last. */
  last_at: string,
  /** The one that failed last. */
  example: SetAside,
};

/** What an action guarantees; the engine does the rest of the way to "never lost, never doubled". */
export type Guarantee = "transactional" | "idempotent" | "lookup" | "at_most_once";

/** Who holds a data folder. */
export type Holder = {
  /** Its process id; 0 when it has not said so yet. */
  pid: number,
  /** Since when; `None` when it has not said so yet. */
  since: string | null,
  /** What that process is. */
  who: Who,
  /** On which machine. */
  host: string,
  /** Where it listens. */
  socket: string,
};

/** Makes a draft of a processflow that comes from elsewhere: from a file or folder that the agent can read, or from
 * the texts of one. It is never deployed by itself. */
export type ImportProcessflow = {
  /** A processflow file, or a folder with one, on the agent's machine. */
  path?: string | null,
  /** The file's text, instead of a path. */
  text?: string | null,
  /** With a text: the README beside it. */
  readme?: string | null,
  /** With a text: the files in `cases`, by name. */
  cases?: { [key in string]: string },
  /** Another name for it, when its own is taken. */
  as?: string | null,
};

/** Makes a draft of a processflow that comes with this program. */
export type InstallReadyMade = {
  /** Which one. */
  name: string,
  /** Another name for the draft. */
  as?: string | null,
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
  /** Its number in the ledger. */
  number: number,
  /** The run. */
  run: string,
  /** Its processflow. */
  processflow: string,
  /** What started that run. */
  trigger: Trigger,
  /** When it was settled. */
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
  /** How often it was tried, over all runs that failed with it. */
  tries: number,
  /** Its number among the set-aside records, if it failed. */
  set_aside: number | null,
};

/** One thing that happened to a record. */
export type LifeEvent = {
  /** When. */
  at: string,
  /** What. */
  what: LifeWhat,
  /** In which processflow. */
  processflow: string,
  /** The record's id in its source. */
  source: string,
  /** Other names. */
  labels: Array<string>,
  /** The run, where a run did it. */
  run: string | null,
  /** What started that run. */
  trigger: Trigger | null,
  /** What the destination calls it. */
  target: string | null,
  /** The reason it was skipped, why it failed, or what the person wrote. */
  detail: string | null,
  /** Its number among the set-aside records. */
  set_aside: number | null,
};

/** A record's life line. */
export type LifeLine = {
  /** What became of it in each run, oldest first. */
  entries: Array<LedgerEntry>,
  /** Where it waits, or waited, set aside. */
  set_aside: Array<SetAside>,
  /** All of it in the order of time, with what people did. */
  events: Array<LifeEvent>,
};

/** What happened to a record. */
export type LifeWhat = "written" | "unchanged" | "skipped" | "failed" | "edited" | "retried" | "dismissed";

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
  /** Whose name and sentence hold these words. With words, also what connectors have for search alone: a system's
   * whole API. */
  search?: string | null,
  /** `read` or `write`; either when left out. */
  does?: string | null,
  /** So many at most. */
  limit?: number | null,
  /** What is there for search alone, without a search. */
  everything?: boolean,
};

/** The certificates trusted besides the system's. */
export type ListCertificates = Record<symbol, never>;

/** All saved connections. */
export type ListConnections = Record<symbol, never>;

/** Every connector, with what it takes to draw its form. */
export type ListConnectors = Record<symbol, never>;

/** The deployment log of a processflow, newest first. The entry of a deployment that is under way grows. */
export type ListDeployments = {
  /** The processflow. */
  processflow: string,
  /** How many at most. */
  limit?: number,
};

/** All drafts. */
export type ListDrafts = Record<symbol, never>;

/** Records that wait set aside, oldest first. */
export type ListFailed = {
  /** Of one processflow only. */
  processflow?: string | null,
  /** Of one group only, see `failed_groups`. */
  group?: string | null,
  /** With a higher number only: the page after the one that ended with it. */
  after?: number | null,
  /** How many at most. */
  limit?: number,
};

/** Records that wait set aside, grouped by cause, the largest group first. */
export type ListFailedGroups = {
  /** Of one processflow only. */
  processflow?: string | null,
};

/** All deployed processflows. */
export type ListProcessflows = Record<symbol, never>;

/** The processflows that come with this program. */
export type ListReadyMade = Record<symbol, never>;

/** What became of records, page by page: of one run, of one processflow, or of all (Sync Info). */
export type ListRecords = {
  /** Of one run only: its id, or the beginning of it. */
  run?: string | null,
  /** Of one processflow only. */
  processflow?: string | null,
  /** Of these outcomes only. */
  outcomes?: Array<Label>,
  /** With exactly this reason or cause. */
  reason?: string | null,
  /** With these letters in an id, another name, the destination's id or the reason. */
  text?: string | null,
  /** What comes first. */
  order?: Order,
  /** The page after this place: the `next` of a page. */
  after?: string | null,
  /** The page before this place: the `previous` of a page. */
  before?: string | null,
  /** How many at most. */
  limit?: number,
};

/** Runs, the newest first, page by page. */
export type ListRuns = {
  /** Of one processflow only. */
  processflow?: string | null,
  /** Of these statuses only. */
  statuses?: Array<RunStatus>,
  /** That began at this instant or later. */
  since?: string | null,
  /** That began before this instant. */
  until?: string | null,
  /** With set-aside records only. */
  with_failures?: boolean,
  /** The `next` of the page before. */
  before?: number | null,
  /** How many at most. */
  limit?: number,
};

/** The variables of a deployed processflow. */
export type ListVariables = {
  /** The processflow. */
  processflow: string,
};

/** All versions of a processflow. */
export type ListVersions = {
  /** The processflow. */
  processflow: string,
};

/** A level of the log, by consequence. */
export type LogLevel = "error" | "warn" | "info" | "debug" | "trace";

/** Lines of the log, and where they lie. */
export type LogLines = {
  /** The lines, newest last. With a filter a page may be short, or empty, although there are more: so much was
   * looked through at once. */
  lines: Array<Line>,
  /** Where the look for earlier lines goes on. */
  begin: Position,
  /** Where the look for later lines goes on. */
  end: Position,
  /** Whether there is anything before `begin` that was not looked at. */
  earlier: boolean,
  /** Bytes of the log before this page, and of all of it: for the scroll bar. */
  before_bytes: number,
  /** Bytes of the whole log. */
  total_bytes: number,
};

/** A look-up table of a file. */
export type LookupRow = {
  /** Its name. */
  name: string,
  /** How many values it has. */
  entries: number,
  /** Whether it says something for all others; without, a value that is not in it sets the record aside. */
  default: boolean,
};

/** A problem as an editor marks it. Lines and columns count from 1, columns in characters. */
export type Mark = {
  /** How much it matters. */
  severity: Severity,
  /** Where it begins. */
  line: number,
  /** Where it begins. */
  column: number,
  /** Where it ends; the same as its beginning for a point. */
  end_line: number,
  /** Where it ends. */
  end_column: number,
  /** The thing and the fact. */
  message: string,
  /** The way out. */
  hint: string | null,
};

/** Moves the place where a processflow's next run goes on: it reads what changed since then. */
export type MoveWatermark = {
  /** The processflow. */
  processflow: string,
  /** To when. */
  to: string,
};

/** The fewest permissions that are needed. */
export type Needed = {
  /** Of everything together, each with its level. */
  least: Array<string>,
  /** Of each processflow. */
  processflows: Array<NeededBy>,
};

/** What one processflow needs. */
export type NeededBy = {
  /** The processflow. */
  processflow: string,
  /** Its permissions, each with its level. */
  scopes: Array<string>,
};

/** The fewest permissions that the deployed processflows of a connection need, or that some actions do: what to tick
 * in the control panel. */
export type NeededPermissions = {
  /** The connection whose processflows are meant. */
  name?: string | null,
  /** The connector whose actions are meant; that of the connection when left out. */
  connector?: string | null,
  /** These actions, by name. */
  actions?: Array<string>,
};

/** The next run by a schedule. */
export type NextRun = {
  /** The processflow. */
  processflow: string,
  /** When. */
  at: string,
};

/** A draft that is open in an editor. */
export type OpenDraft = {
  /** The draft's name. */
  name: string,
  /** The file's text. */
  text: string,
  /** What [`SaveDraft`] wants back; empty while there is no such draft yet. */
  base: string | null,
  /** Its README (Markdown). */
  readme: string | null,
  /** Where it came from. */
  origin: Origin | null,
  /** What is deployed under its name, if something is. */
  deployed: string | null,
};

/** What comes first. */
export type Order = "newest_first" | "oldest_first";

/** Where a draft came from. */
export type Origin = {
  /** How it came. */
  kind: OriginKind,
  /** When, as an instant. */
  at: string,
  /** The ready-made processflow or the file it was made from. */
  from: string | null,
};

/** How a draft came into the data folder. */
export type OriginKind = "imported" | "ready_made";

/** All processflows: what is deployed, what is a draft, and how the two stand to each other. The runs behind a
 * sparkline are asked for by the processflow's name. */
export type OverviewProcessflows = Record<symbol, never>;

/** A field's name, or an element's number from 0. */
export type PathPart = number | string;

/** Stops a processflow's schedule; runs by hand stay possible. */
export type Pause = {
  /** The processflow. */
  processflow: string,
  /** For how long, in seconds; until resumed when left out. */
  seconds?: number | null,
};

/** A processflow that a person paused. */
export type PausedRow = {
  /** The processflow. */
  processflow: string,
  /** When the pause ends by itself. */
  until: string | null,
};

/** What was found of one permission. */
export type Permission = {
  /** Its name in the system's own words, without a level: "Orders". */
  scope: string,
  /** What it allows. */
  found: Access,
};

/** One permission. */
export type PermissionRow = {
  /** Its name in the other system. */
  scope: string,
  /** The level that is needed ("modify"); `None` where nothing needs it. */
  needed: string | null,
  /** What was found. */
  found: Access,
  /** Whether that is enough. */
  standing: PermissionStanding,
  /** Processflows that use it. */
  processflows: Array<string>,
  /** Processflows that break without it. */
  breaks: Array<string>,
};

/** Whether what was found is enough for what is needed. */
export type PermissionStanding = "missing" | "unproven" | "enough";

/** What a token may do, and what is needed. */
export type PermissionTable = {
  /** A row for each permission; what is missing comes first. */
  rows: Array<PermissionRow>,
  /** The fewest permissions to tick for all of it, each with its level. */
  least: Array<string>,
  /** What each processflow needs. */
  processflows: Array<NeededBy>,
};

/** What was settled in one hour or day. */
export type PlotPoint = {
  /** When it begins. */
  at: string,
  /** Records that are there now. */
  written: number,
  /** Records that were there already. */
  unchanged: number,
  /** Records that a rule left out. */
  skipped: number,
  /** Records that were set aside. */
  failed: number,
};

/** How wide a point of a plot is. */
export type PlotUnit = "hour" | "day";

/** A place between two lines of the log. As text: the file's name and how many of its bytes lie before. */
export type Position = string;

/** What deploying a file would need and change. */
export type Preparation = {
  /** The file's text. */
  text: string,
  /** The processflow's name; empty while the file has mistakes. */
  processflow: string | null,
  /** What is wrong or odd. */
  problems: Array<Mark>,
  /** The connections it needs. */
  connections: Array<WantedConnection>,
  /** Its look-up tables. */
  lookups: Array<LookupRow>,
  /** When it would run by itself. */
  schedule: ScheduleRow | null,
  /** How often a record is tried while the other side cannot answer. */
  tries: number,
  /** What it reads and writes: what a person agrees to. */
  does: Array<StepConsent>,
  /** The version that runs now. */
  deployed: number | null,
  /** What differs from it. */
  changes: Difference | null,
};

/** What deploying a file would need and change. Nothing is changed by asking. */
export type PrepareDeployment = {
  /** A draft (or a deployed processflow), instead of a text. */
  name?: string | null,
  /** The file's text. */
  text?: string | null,
};

/** The next times of a schedule that is being chosen. */
export type PreviewSchedule = {
  /** As it would stand in the file. */
  schedule: ScheduleText,
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

/** A processflow: deployed, a draft, or both. */
export type ProcessflowOverview = {
  /** Its name. */
  name: string,
  /** What it does, in its own words. */
  description: string | null,
  /** How it stands, in one word and its cause. */
  standing: Standing,
  /** True when the draft says something else than what is deployed. */
  changed: boolean,
  /** The names it uses, and the connector of each. */
  connectors: { [key in string]: string },
  /** When it runs by itself: of what is deployed, else of the draft. */
  schedule: ScheduleRow | null,
  /** What is deployed. */
  deployed: ProcessflowRow | null,
  /** What is being worked on. */
  draft: DraftRow | null,
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
  /** The number of the step it is at; the first one reads. */
  step: string | null,
  /** Records settled in a second, over the last ten seconds or so. */
  rate: number,
  /** Seconds since something last happened. */
  idle_seconds: number,
  /** When something last happened. */
  at: string,
  /** Set when it ended. */
  ended: RunStatus | null,
};

/** One thing that could stand at the cursor. */
export type Proposal = {
  /** What is shown, and what typing is compared with. */
  label: string,
  /** What is put there. */
  insert: string,
  /** What it is. */
  kind: ProposalKind,
  /** A few words beside it: what a field holds in the sample, what a function takes. */
  detail: string | null,
  /** A sentence or two. */
  about: string | null,
};

/** What a proposal is. */
export type ProposalKind = "key" | "value" | "connection" | "action" | "column" | "field" | "variable" | "function" | "table";

/** What a store last said of its request budget. */
export type QuotaLeft = {
  /** The store's address. */
  store: string,
  /** Requests per window. */
  quota: number,
  /** Requests left in that window. */
  left: number,
  /** When the window starts anew; the budget is whole again from then on. */
  resets_at: string,
  /** Requests that this agent sent in that window; others sent the rest. */
  ours: number,
  /** Requests of each window that are left to other apps. */
  reserve: number,
  /** Requests that wait for their turn. */
  waiting: number,
  /** When nothing will be left at the present pace, where that comes before the window ends. */
  used_up_at: string | null,
  /** Until when no request goes out, because the store asked to slow down. */
  waits_until: string | null,
  /** When it said so. */
  at: string,
};

/** Reads a draft. For a processflow that is deployed and has no draft: the deployed text, to begin one with. */
export type ReadDraft = {
  /** The draft, or the processflow. */
  name: string,
};

/** A file as a form shows it; nothing while it is no YAML. */
export type ReadForm = {
  /** The file's text. */
  text: string,
};

/** A page of the log, newest last: its end, what lies before a place, or what came after one. */
export type ReadLogs = {
  /** Which lines; without a limit 200 of them. */
  filter?: Filter,
  /** The lines before this place: the `begin` of a page. */
  before?: Position | null,
  /** The lines after this place: the `end` of a page. Asked again and again it follows the log. */
  after?: Position | null,
};

/** A processflow that comes with this program, and whether it is in use here. */
export type ReadyMadeRow = {
  /** Whether there is a draft of its name. */
  draft: boolean,
  /** Whether a processflow of its name is deployed. */
  deployed: boolean,
  /** Its name. */
  name: string,
  /** Its title, for people. */
  title: string,
  /** What it does, in a sentence. */
  description: string | null,
  /** Its README (Markdown). */
  readme: string,
  /** The connections it needs, and the connector of each. */
  connections: { [key in string]: string },
  /** The file's text. */
  text: string,
  /** How many cases show and test it. */
  cases: number,
};

/** A page of what became of records. */
export type RecordsPage = {
  /** The records. */
  records: Array<LedgerEntry>,
  /** How many there are in all, by the balances of the runs; nothing where a text or a reason is looked for. */
  total: number | null,
  /** Where the next page begins; nothing at the end. With a text a page may be short, or empty, and still have a
   * next one: so much was looked through at once. */
  next: string | null,
  /** Where the page before ends; nothing at the beginning. */
  previous: string | null,
};

/** Trusts the authorities of a file no longer. A file that this program made goes with it; any other stays. */
export type RemoveAuthority = {
  /** The file, as `certificates` names it. */
  file: string,
};

/** Forgets a connection and its secrets. */
export type RemoveConnection = {
  /** Its name. */
  name: string,
};

/** Removes a draft with its cases. What is deployed stays deployed. */
export type RemoveDraft = {
  /** The draft's name. */
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
  /** All of one group, see `failed_groups`. */
  group?: string | null,
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
  /** Who goes back: the operating system's account. */
  author?: string,
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

/** Records over time: what was settled in each hour or day of a period. */
export type RunPlot = {
  /** Of one processflow only. */
  processflow?: string | null,
  /** From this instant on; its hour or day counts whole. */
  since: string,
  /** Up to this instant; now when left out. */
  until?: string | null,
  /** How wide a point is. */
  by: PlotUnit,
  /** The time zone of days, as in `Europe/Berlin`; the settings' when left out. */
  zone?: string | null,
};

/** How far a run is. Answers at once; ask again, at most some times a second. */
export type RunProgress = {
  /** The run. */
  run: string,
};

/** The last runs of each processflow, as a sparkline shows them. */
export type RunSeries = {
  /** Of one processflow only. */
  processflow?: string | null,
  /** How many of each at most. */
  runs?: number,
};

/** A run that was started. */
export type RunStarted = {
  /** Its id. */
  run: string,
};

/** How a run stands. */
export type RunStatus = "Running" | "Successful" | "Finished with problems" | "Failed" | "Cancelled" | "Interrupted" | "Waiting";

/** A page of runs. */
export type RunsPage = {
  /** The runs, the newest first. */
  runs: Array<Run>,
  /** Where the next page begins; nothing at the end. */
  next: number | null,
};

/** Records of a source. */
export type Sample = {
  /** The saved connection they came from. */
  connection: string,
  /** When they were read. */
  at: string,
  /** The records. */
  records: Array<SampleRecord>,
};

/** A record of a source. */
export type SampleRecord = {
  /** What the source calls it. */
  id: string,
  /** Other names people search it by. */
  labels: Array<string>,
  /** The record as JSON text, with the digits it has. */
  body: string,
  /** Why the source could not make sense of it. */
  problem: string | null,
};

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

/** Saves a draft. What was changed elsewhere meanwhile is told and stays as it is. */
export type SaveDraft = {
  /** The draft's name. */
  name: string,
  /** The file's text; it need not be right yet. */
  text: string,
  /** What it was read with; empty for a new draft. */
  base?: string | null,
};

/** What became of a text that was to be saved. */
export type Saving = { "outcome": "saved",
/** What names this state. */
base: string,
} | { "outcome": "conflict",
/** What the file says now; nothing when it was removed. */
theirs: DraftText | null,
/** What was to be saved. */
yours: string,
};

/** When a processflow runs by itself, in parts that any language can put into words. */
export type ScheduleRow = {
  /** As it is written. */
  written: ScheduleText,
  /** The time zone it counts in; of an interval, the one it is shown in. */
  zone: string,
  /** The next times, with the offset of that zone: `2026-11-22T06:00:00+01:00`. None while it is paused or not
   * deployed. */
  next: Array<string>,
};

/** When to run: one of `every`, `daily` and `cron`. */
export type ScheduleText = {
  /** Every so often, from the time of deployment on: `15 min`, `2 h`, `1 day`. */
  every?: string | null,
  /** Once a day at this time, as in "06:00" (in quotes). */
  daily?: string | null,
  /** A cron expression of five fields: minute, hour, day of month, month, day of week. */
  cron?: string | null,
  /** With `daily`: only on these days. */
  weekdays?: Array<Weekday>,
  /** The time zone of `daily` and `cron`, as in `Europe/Berlin`. Without it the machine's. */
  zone?: string | null,
  /** What becomes of runs missed while the agent was off. */
  catch_up?: CatchUp,
};

/** A secret field of a connection's form: typed in, never shown again. */
export type SecretField = {
  /** Its name, as `save_connection` takes it. */
  field: string,
  /** The words of the form. */
  title: string,
  /** The connection is of no use without it. */
  required: boolean,
  /** A field of the settings and the values under which it is asked for; always where there is none. */
  when: When | null,
  /** It takes part in a sign-in through a browser alone. */
  for_sign_in: boolean,
};

/** The last runs of one processflow. */
export type Series = {
  /** The processflow. */
  processflow: string,
  /** Its last runs, the oldest first. */
  runs: Array<SeriesRun>,
};

/** A run in a sparkline. */
export type SeriesRun = {
  /** Its id. */
  run: string,
  /** How it stands. */
  status: RunStatus,
  /** When it began. */
  started_at: string,
  /** How long it took, or has taken so far. */
  seconds: number,
  /** Records that were read. */
  read: number,
  /** Records that are there now. */
  written: number,
  /** Records that were there already. */
  unchanged: number,
  /** Records that a rule left out. */
  skipped: number,
  /** Records that were set aside. */
  failed: number,
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
  /** The step it failed in, where it is known. */
  step: string | null,
  /** Its group: those that failed alike, see [`Group`](super::Group). */
  group: string,
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

/** Gives a variable the value that the next run begins with. */
export type SetVariable = {
  /** The processflow. */
  processflow: string,
  /** The variable. */
  name: string,
  /** Its value, where it may be seen. */
  value: unknown,
  /** Its value as a text, where it is kept encrypted. */
  secret?: Given | null,
};

/** A setting as it is now, and what it takes. */
export type SettingRow = {
  /** Its name. */
  key: string,
  /** Its value. */
  value: string,
  /** What it is when nobody set it. */
  default: string,
  /** What it does. */
  about: string,
  /** What it belongs to: `agent`, `network`, `logs` or `history`. */
  group: string,
  /** What it takes: `choice`, `number`, `proxy`, `files`, `zone` or `diagnosis`. */
  kind: string,
  /** The words it can be, of a choice. */
  choices: Array<string>,
  /** The least it can be, of a number. */
  least: number | null,
  /** The most it can be, of a number. */
  most: number | null,
};

/** How much a problem matters. */
export type Severity = "mistake" | "warning";

/** What cache and temp hold. */
export type ShowCache = Record<symbol, never>;

/** One set-aside record with its payload. */
export type ShowFailed = {
  /** Its number. */
  number: number,
};

/** The picture of a processflow: of a text, or of the version a run ran. With both, the run's counts stand at those
 * steps of the text that it ran. */
export type ShowGraph = {
  /** The file's text. */
  text?: string | null,
  /** A run's id, the beginning of it, or `last:NAME` for the last one of a processflow. */
  run?: string | null,
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

/** What the steps of a run made of its records. Runs in diagnosis mode keep all of them; of other runs there are those
 * that failed. */
export type ShowSnapshot = {
  /** The run: its id, or the beginning of it. */
  run: string,
  /** The record's id in its source; without it the records are named. */
  record?: string | null,
};

/** What passed through each step of a run. */
export type ShowSteps = {
  /** Its id, or the beginning of it; `last` for the newest. */
  run: string,
};

/** Looks at what a deployed processflow writes to. Reads only, on a connection of its own; no run waits for it. */
export type ShowTarget = {
  /** The processflow. */
  processflow: string,
  /** The number of a write step; the first one when left out. */
  step?: string | null,
  /** Rows at most: 100 when left out, never more than 1,000. */
  limit?: number | null,
};

/** Where a processflow's next run goes on. */
export type ShowWatermark = {
  /** The processflow. */
  processflow: string,
};

/** A sign-in that waits. */
export type SignInBegun = {
  /** The name to finish or cancel it by. */
  ticket: string,
  /** The address to open in a browser. */
  open: string,
  /** Where the browser comes back to. */
  redirect: string,
  /** The agent waits there; otherwise the address that the browser ends at is pasted. */
  listens: boolean,
  /** SHA-256 of the certificate that was made for it, as browsers show it; `None` without https. */
  fingerprint: string | null,
  /** When nobody waits any more. */
  until: string,
};

/** A sign-in that worked; the token is kept like any other. */
export type SignInDone = {
  /** Store, permissions and owner, as the other system told them. */
  facts: Array<Fact>,
  /** What trying the connection told. */
  validation: Validation | null,
  /** Why the connection does not work in spite of it. */
  problem: Problem | null,
};

/** A record on its way through one run. */
export type SnapshotRecord = {
  /** The record's id in its source. */
  source: string,
  /** Other names. */
  labels: Array<string>,
  /** When. */
  at: string,
  /** What became of it. */
  outcome: Label,
  /** The reason it was skipped, or why it failed. */
  detail: string | null,
  /** What the destination calls it. */
  target: string | null,
  /** The record as it was read. */
  input: JsonValue,
  /** What each write step made of it. */
  steps: Array<Trace>,
};

/** A run's snapshot. */
export type SnapshotShown = {
  /** The run. */
  run: string,
  /** Whether it ran in diagnosis mode and its snapshot is still there. */
  whole: boolean,
  /** The records that can be shown, the first thousand. */
  records: Array<string>,
  /** The record that was asked for, if there is anything of it. */
  record: SnapshotRecord | null,
};

/** How a processflow stands. Of several that are true at once the first in this order is told. */
export type Standing = { "state": "file_broken",
/** The first mistake. */
problem: string,
} | { "state": "waiting",
/** For what. */
problem: string,
/** What helps. */
hint: string | null,
} | { "state": "paused",
/** Until when; until it is resumed when empty. */
until: string | null,
} | { "state": "running" } | { "state": "deployed" } | { "state": "not_deployed" };

/** Where a line stands. */
export type Stands = "same" | "removed" | "added";

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
  /** Filters of this run alone, at least one; the watermark stays. Without a filter all would be read, which nobody
   * means who asks for a filter. */
  filter?: { [key in string]: string } | null,
};

/** How the agent of this data folder stands. Takes no lock and reads no ledger row. */
export type Status = Record<symbol, never>;

/** What a step does at the other side. */
export type StepConsent = {
  /** The step's number in the file. */
  step: string,
  /** Whether it writes. */
  writes: boolean,
  /** The connection's name in the file. */
  alias: string,
  /** The action. */
  action: string,
  /** What it does, in a sentence. */
  about: string,
  /** The permission it needs. */
  scope: string | null,
  /** What a write guarantees. */
  guarantee: Guarantee | null,
  /** What the destination makes where it is missing, as the file says it. */
  creates: unknown,
};

/** What passed through one step. */
export type StepCounts = {
  /** Records that came to it; of the first step, those that were read. */
  records: number,
  /** Records it left out by its rule. */
  skipped: number,
  /** Records that failed in it. */
  failed: number,
  /** Rows it wrote; a record may have none or many. */
  written: number,
  /** Rows that were there already. */
  unchanged: number,
};

/** Reads a few records from a file's source. They are kept in the temp area until it is cleared; `fresh` reads anew. */
export type TakeSample = {
  /** A draft or a deployed processflow, instead of a text. */
  name?: string | null,
  /** The file's text. Only its first step and its connections must be right. */
  text?: string | null,
  /** Which saved connection stands behind which alias; left out: as deploying would choose. */
  connections?: { [key in string]: string },
  /** How many records, five at most. */
  count?: number | null,
  /** This record, by its id at the source. */
  id?: string | null,
  /** Reads again, whatever is kept. */
  fresh?: boolean,
  /** A name of the caller's choice, to cancel it by. */
  ticket?: string | null,
};

/** What a write step has at its destination. */
export type Target = {
  /** The saved connection. */
  connection: string,
  /** What the destination calls the place. */
  table: string,
  /** Its columns; none while it is not there yet. */
  columns: Array<string>,
  /** The rows with the largest keys, the largest first. Decimals and instants are text. */
  rows: Array<Array<JsonValue>>,
  /** How many rows there are in all. */
  total: number,
};

/** A token that took the other's place. */
export type TokenChanged = {
  /** What the new one was found to do. */
  validation: Validation,
  /** Processflows that run now: these runs end with the old one. What begins later has the new one. */
  running: Array<string>,
};

/** The part of a step that writes or fetches in a record's way. */
export type Trace = {
  /** The step's number in the file. */
  step: string,
  /** Its action, as in `store/products.update`. */
  action: string,
  /** The rows that the record was mapped to, the first ones; of a `fetch`, the parameters it asked with. */
  rows: Array<JsonValue>,
  /** How many rows there were. */
  row_count: number,
  /** What was asked and answered, where the step speaks HTTP. A request may carry other records too. */
  exchanges: Array<Asked>,
};

/** What a file would make of a record. */
export type Tried = {
  /** What is wrong with the file. */
  problems: Array<Mark>,
  /** What each step would make of it. A field whose expression is wrong says so in its place; a step that cannot be
   * understood is missing. */
  steps: Array<TriedStep>,
  /** The step at which a run would be done with the record: left out, or set aside. */
  ends_at: string | null,
};

/** A field of a row. */
export type TriedField = {
  /** The field. */
  name: string,
  /** What it would be, as JSON text, with the digits it has. */
  value: string | null,
  /** Why it would not be anything. */
  problem: TriedProblem | null,
};

/** Why something could not be worked out. */
export type TriedProblem = {
  /** The thing and the fact. */
  message: string,
  /** The way out. */
  hint: string | null,
};

/** What a step would make of a record. */
export type TriedStep = {
  /** The step's number in the file. */
  step: string,
  /** `skip`, `set`, `write`, and so on. */
  kind: string,
  /** True where a rule leaves the record out: a run would stop here. */
  skipped: boolean,
  /** The rule's reason. */
  reason: string | null,
  /** What stops the record as a whole: the rule or the list of `each` could not be worked out. */
  problem: TriedProblem | null,
  /** The rows; of `set` one, with the names it gives. */
  rows: Array<Array<TriedField>>,
  /** How many rows there would be, more than `rows` for a long list; of a `for_each` its elements, of a `branch` the
   * number of the way. */
  count: number,
};

/** What started a run. */
export type Trigger = "manual" | "schedule" | "retry" | "recovery";

/** Tries a connection as it stands in a form, with the code that runs use. Nothing is saved, not even that it was tried. */
export type TryConnection = {
  /** The saved connection whose settings and secrets are the ground; left out for a new one. */
  name?: string | null,
  /** Its connector; may be left out when it is saved already. */
  connector?: string | null,
  /** Settings laid over the saved ones; `null` takes one away. */
  settings?: { [key in string]: JsonValue },
  /** Secrets as they were typed. For those left out the saved ones are used, if these settings lead to the place they
   * were entered for. */
  secrets?: { [key in string]: Given },
  /** A name of the caller's choice, to cancel it by. */
  ticket?: string | null,
};

/** What a file would make of a record. Purely local. */
export type TryMapping = {
  /** The file's text. */
  text: string,
  /** The record as JSON text. */
  record: string,
  /** Only this step, by its number in the file; those before it are worked out all the same. */
  step?: string | null,
  /** Which saved connection stands behind which alias; left out: as deploying would choose. */
  connections?: { [key in string]: string },
};

/** Takes a processflow off this agent. Its history, watermark and set-aside records stay. */
export type Undeploy = {
  /** The processflow. */
  processflow: string,
};

/** What a connector makes of settings while they are typed: nothing is saved, nothing is sent. */
export type UnderstandConnection = {
  /** The connector. */
  connector: string,
  /** The settings as they are so far. */
  settings?: { [key in string]: JsonValue },
};

/** What a connector made of settings. */
export type Understood = {
  /** What they say ("store hash abc123"); empty where something is wrong. */
  facts: Array<Fact>,
  /** The one place that the secrets would be sent to. */
  seal: string | null,
  /** What is wrong, and the way out. */
  problem: Problem | null,
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
  /** What was found of permissions that were asked about. */
  permissions: Array<Permission>,
  /** True when the other end only pretends (a sandbox). */
  sandbox: boolean,
  /** What the other end calls itself, where it has a name. */
  name: string | null,
  /** How many requests it takes, where it says so. */
  quota: Allowance | null,
  /** Seconds that this machine's clock is ahead of the other end's, where it told the time. */
  clock_ahead: number | null,
};

/** A variable, and what is kept of it. */
export type VariableRow = {
  /** Its name in the file. */
  name: string,
  /** Kept encrypted: its value is never shown. */
  encrypted: boolean,
  /** What the next run begins with. Nothing where it is encrypted. */
  value: JsonValue | null,
  /** When it got its value; nothing while it has the one the file says. */
  at: string | null,
};

/** A version, and whether it is the one that runs. */
export type VersionRow = {
  /** Whether it is the one that runs. */
  runs: boolean,
  /** Why it was deployed, in that person's words. */
  note: string | null,
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

/** A connection that a file needs. */
export type WantedConnection = {
  /** Its name in the file. */
  alias: string,
  /** The connector it must be of. */
  connector: string,
  /** The saved connection that stands behind it now. */
  bound: string | null,
  /** The one that deploying would take, when nobody chooses. */
  proposed: string | null,
  /** Those that fit. */
  candidates: Array<Candidate>,
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

/** A day of the week. */
export type Weekday = "mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun";

/** A field of settings and the values under which something counts; for forms. */
export type When = {
  /** The field. */
  field: string,
  /** Its values. */
  values: Array<string>,
};

/** What a process is to the person at the machine. */
export type Who = "service" | "window" | "command";

/** Every operation by name: what it takes and what it answers. */
export interface Operations {
  status: { input: Status; output: AgentStatus };
  connections: { input: ListConnections; output: Array<ConnectionRow> };
  understand_connection: { input: UnderstandConnection; output: Understood };
  connectors: { input: ListConnectors; output: Array<ConnectorRow> };
  actions: { input: ListActions; output: Array<ActionRow> };
  check: { input: CheckProcessflow; output: Checked };
  processflows: { input: ListProcessflows; output: Array<ProcessflowRow> };
  versions: { input: ListVersions; output: Array<VersionRow> };
  runs: { input: ListRuns; output: RunsPage };
  show_run: { input: ShowRun; output: RunDetail };
  run_series: { input: RunSeries; output: Array<Series> };
  run_plot: { input: RunPlot; output: Array<PlotPoint> };
  records: { input: ListRecords; output: RecordsPage };
  find: { input: FindRecord; output: LifeLine };
  failed_groups: { input: ListFailedGroups; output: Array<Group> };
  failed: { input: ListFailed; output: Array<SetAside> };
  show_failed: { input: ShowFailed; output: FailedDetail };
  show_snapshot: { input: ShowSnapshot; output: SnapshotShown };
  watermark: { input: ShowWatermark; output: WatermarkRow };
  logs: { input: ReadLogs; output: LogLines };
  export_logs: { input: ExportLogs; output: Exported };
  cache: { input: ShowCache; output: Array<AreaUse> };
  settings: { input: ShowSettings; output: Array<SettingRow> };
  schema: { input: ShowSchema; output: JsonValue };
  list_drafts: { input: ListDrafts; output: Array<DraftRow> };
  read_draft: { input: ReadDraft; output: OpenDraft };
  ready_made: { input: ListReadyMade; output: Array<ReadyMadeRow> };
  list_processflows: { input: OverviewProcessflows; output: Array<ProcessflowOverview> };
  preview_schedule: { input: PreviewSchedule; output: ScheduleRow };
  check_processflow: { input: CheckText; output: CheckedText };
  complete: { input: Complete; output: Completion };
  explain: { input: Explain; output: Explanation | null };
  processflow_graph: { input: ShowGraph; output: Graph | null };
  run_steps: { input: ShowSteps; output: Array<GraphNode> };
  prepare_deployment: { input: PrepareDeployment; output: Preparation };
  deployments: { input: ListDeployments; output: Array<Deploying> };
  diff_versions: { input: DiffVersions; output: Difference };
  try_mapping: { input: TryMapping; output: Tried };
  read_form: { input: ReadForm; output: Form | null };
  edit_processflow: { input: EditText; output: EditedText };
  certificates: { input: ListCertificates; output: Array<CertificateRow> };
  variables: { input: ListVariables; output: Array<VariableRow> };
  needed_permissions: { input: NeededPermissions; output: Needed };
  save_connection: { input: SaveConnection; output: ConnectionRow };
  remove_connection: { input: RemoveConnection; output: null };
  set_secret: { input: SetSecret; output: null };
  validate_connection: { input: ValidateConnection; output: Validation };
  try_connection: { input: TryConnection; output: Validation };
  cancel_try: { input: CancelTry; output: null };
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
  save_draft: { input: SaveDraft; output: Saving };
  remove_draft: { input: RemoveDraft; output: null };
  import_processflow: { input: ImportProcessflow; output: DraftMade };
  install_ready_made: { input: InstallReadyMade; output: DraftMade };
  sample: { input: TakeSample; output: Sample };
  cancel_sample: { input: CancelSample; output: null };
  diagnose: { input: Diagnose; output: Diagnosed };
  show_target: { input: ShowTarget; output: Target };
  add_authority: { input: AddAuthority; output: Array<CertificateRow> };
  remove_authority: { input: RemoveAuthority; output: null };
  set_variable: { input: SetVariable; output: null };
  forget_variable: { input: ForgetVariable; output: null };
  check_permissions: { input: CheckPermissions; output: PermissionTable };
  change_token: { input: ChangeToken; output: TokenChanged };
  begin_sign_in: { input: BeginSignIn; output: SignInBegun };
  finish_sign_in: { input: FinishSignIn; output: SignInDone };
  cancel_sign_in: { input: CancelSignIn; output: null };
}
