// A deployment while it is being prepared: what was chosen outlives looking elsewhere, and a reload of the page.
import { call, Problem, type Edit, type Graph, type Preparation, type ScheduleText } from '../../../api';
import { t } from '../../../i18n';
import { sameSchedule } from '../shared/schedule';

/** What a person chose; what is left out stays as the file says it. */
export interface Choices {
  /** Saved connections by the file's names. */
  connections: Record<string, string>;
  /** Another schedule than the file's; null for none. */
  schedule?: ScheduleText | null;
  /** Another number of tries than the file's. */
  tries?: number;
  /** Why it is deployed. */
  note: string;
  /** The text that was agreed to: another text wants another consent. */
  agreed?: string;
}

/** How the deployment itself stands. */
export interface Going {
  state: 'under way' | 'done' | 'failed';
  /** Entries of the log after this one are of this deployment. */
  after: number;
  problem?: Problem;
  version?: number;
  /** Exactly this was deployed already. */
  same?: boolean;
}

/** The file, what deploying it means, and where it came from. */
export interface Prepared {
  /** What is deployed: the draft's text with what was chosen put in. */
  text: string;
  /** The text before that. */
  before: string;
  /** What the draft was read with; null while there is no draft. */
  base: string | null;
  imported: boolean;
  preparation: Preparation;
  graph: Graph | null;
}

const KEY = 'processflow.deploy.';
const NOTHING: Choices = { connections: {}, note: '' };

let choices = $state<Record<string, Choices>>({});
let going = $state.raw<Record<string, Going>>({});

function kept(name: string): Choices {
  try {
    const text = sessionStorage.getItem(KEY + name);
    return text ? { ...NOTHING, ...(JSON.parse(text) as Choices) } : { ...NOTHING };
  } catch {
    return { ...NOTHING };
  }
}

/** Goes on where a person left it; called before it is looked at. */
export function begin(name: string): void {
  if (!choices[name]) choices[name] = kept(name);
}

/** What was chosen so far; reactive. */
export function chosen(name: string): Choices {
  return choices[name] ?? NOTHING;
}

/** Changes what was chosen. */
export function choose(name: string, change: Partial<Choices>): void {
  const next = { ...chosen(name), ...change };
  choices[name] = next;
  sessionStorage.setItem(KEY + name, JSON.stringify(next));
}

/** Forgets what was chosen. */
export function forget(name: string): void {
  choices[name] = { ...NOTHING };
  sessionStorage.removeItem(KEY + name);
  const { [name]: _, ...rest } = going;
  going = rest;
}

/** How the deployment stands; nothing while none was begun. */
export function goingOf(name: string): Going | undefined {
  return going[name];
}

function set(name: string, next: Going): void {
  going = { ...going, [name]: next };
}

/** The changes of the file that the choices ask for. */
export function editsOf({ schedule, tries }: Choices, file: Preparation): Edit[] {
  const edits: Edit[] = [];
  const written = file.schedule?.written ?? null;
  if (schedule !== undefined && !sameSchedule(schedule, written)) {
    edits.push({ path: ['schedule'], change: schedule === null ? 'remove' : { set: schedule } });
  }
  if (tries !== undefined && tries !== file.tries) {
    edits.push({ path: ['on_failure'], change: { set: { tries } } });
  }
  return edits;
}

/** Reads the draft (or what is deployed), puts in what was chosen, and asks what deploying it means. */
export async function prepare(draft: string, choices: Choices): Promise<Prepared> {
  const { text: before, base, origin } = await call('read_draft', { name: draft });
  const file = await call('prepare_deployment', { text: before });
  const edits = file.processflow === null ? [] : editsOf(choices, file);
  const imported = origin?.kind === 'imported';
  if (edits.length === 0) return { text: before, before, base, imported, ...(await meant(before, file)) };
  const { text } = await call('edit_processflow', { text: before, edits });
  return { text, before, base, imported, ...(await meant(text)) };
}

async function meant(text: string, known?: Preparation): Promise<Pick<Prepared, 'preparation' | 'graph'>> {
  const preparation = known ?? (await call('prepare_deployment', { text }));
  return { preparation, graph: await call('processflow_graph', { text }) };
}

/** The connection behind each name: chosen, bound before, or proposed. */
export function boundOf(choices: Choices, preparation: Preparation): Record<string, string> {
  const bound: Record<string, string> = {};
  for (const { alias, proposed, bound: before, candidates } of preparation.connections) {
    const fits = (name: string | null | undefined): name is string =>
      candidates.some((candidate) => candidate.name === name);
    const found = [choices.connections[alias], before, proposed].find(fits);
    if (found) bound[alias] = found;
  }
  return bound;
}

/** Names of the file that have no connection yet. */
export function unbound(choices: Choices, preparation: Preparation): string[] {
  const bound = boundOf(choices, preparation);
  return preparation.connections.map(({ alias }) => alias).filter((alias) => !bound[alias]);
}

/** Whether a person has to agree to what it does before it may be deployed: the first time, and when it came from elsewhere. */
export function needsConsent({ imported, preparation }: Prepared): boolean {
  return imported || preparation.deployed === null;
}

/** What keeps it from being deployed; a key of words. */
export function obstacle(choices: Choices, prepared: Prepared): string | undefined {
  if (prepared.preparation.processflow === null) return 'processflows:deploy.obstacle.file';
  if (unbound(choices, prepared.preparation).length > 0) return 'processflows:deploy.obstacle.connections';
  if (needsConsent(prepared) && choices.agreed !== prepared.text)
    return 'processflows:deploy.obstacle.consent';
  return undefined;
}

/** Puts what was chosen into the draft. What somebody else changed meanwhile is never overwritten. */
async function saveChoices(draft: string, { text, before, base }: Prepared): Promise<void> {
  if (text === before) return;
  const saving = await call('save_draft', { name: draft, text, base });
  if (saving.outcome === 'conflict') {
    const hint = t('processflows:deploy.conflictHint');
    throw new Problem('config', t('processflows:deploy.conflict'), { hint });
  }
}

/** Deploys; what comes of it stands in `goingOf`, also for one who looks elsewhere meanwhile. */
export async function deploy(name: string, draft: string, prepared: Prepared): Promise<void> {
  if (going[name]?.state === 'under way') return;
  const now = chosen(name);
  const processflow = prepared.preparation.processflow ?? name;
  set(name, { state: 'under way', after: Number.MAX_SAFE_INTEGER });
  let after = Number.MAX_SAFE_INTEGER;
  try {
    const [newest] = await call('deployments', { processflow, limit: 1 });
    after = newest?.number ?? 0;
    set(name, { state: 'under way', after });
    await saveChoices(draft, prepared);
    const hasDraft = prepared.base !== null || prepared.text !== prepared.before;
    const { version, new: fresh } = await call('deploy', {
      text: prepared.text,
      file: `processflows/${draft}/processflow.yaml`,
      connections: boundOf(now, prepared.preparation),
      note: now.note.trim() || null,
      draft: hasDraft ? draft : null,
    });
    choices[name] = { ...NOTHING };
    sessionStorage.removeItem(KEY + name);
    set(name, { state: 'done', after, version, same: !fresh });
  } catch (thrown) {
    set(name, { state: 'failed', after, problem: Problem.of(thrown) });
  }
}
