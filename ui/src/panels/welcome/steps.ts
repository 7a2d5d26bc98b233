// The first steps with a store that only pretends: from nothing to orders in a table, one step after the other. Each step
// looks first whether it is done already, so that what was cut off goes on where it was.
import { call, type ConnectionRow, type ProcessflowRow, type Progress, type Run } from '../../api';
import { freeName } from '../shared/names';

/** The steps, in order. */
export const STEPS = ['store', 'target', 'flow', 'run'] as const;
export type Step = (typeof STEPS)[number];

const READY_MADE = 'orders-to-database';
const STORE = 'sandbox';
const TARGET = 'sandbox-erp';
/** The database file, in the agent's data folder. */
export const FILE = 'sandbox-erp.db';
const LOOK = 250;

/** What is there of the first steps. */
export interface Standing {
  store: string | undefined;
  target: string | undefined;
  flow: ProcessflowRow | undefined;
  /** The last run, whether it is over or not. */
  last: Run | undefined;
}

function isSandbox({ connector, settings }: ConnectionRow): boolean {
  const read = settings as Record<string, unknown> | null;
  return connector === 'bigcommerce' && read?.sandbox === true;
}

function isTarget({ connector, settings }: ConnectionRow): boolean {
  const read = settings as Record<string, unknown> | null;
  return connector === 'sql' && typeof read?.url === 'string' && read.url.endsWith(FILE);
}

/** Reads how far the first steps are from what the agent has. */
export function standingOf(connections: ConnectionRow[], flows: ProcessflowRow[]): Standing {
  const store = connections.find(isSandbox)?.name;
  const target = connections.find(isTarget)?.name;
  const ours = ({ connections: bound, state, processflow }: ProcessflowRow) =>
    processflow.startsWith(READY_MADE) &&
    state !== 'undeployed' &&
    bound.store === store &&
    bound.erp === target;
  const flow = store && target ? flows.find(ours) : undefined;
  return { store, target, flow, last: flow?.last ?? undefined };
}

/** The step that comes next; nothing when all is done. */
export function nextStep({ store, target, flow, last }: Standing): Step | undefined {
  if (!store) return 'store';
  if (!target) return 'target';
  if (!flow) return 'flow';
  return isGood(last) ? undefined : 'run';
}

/** Whether a run brought something that can be looked at. */
function isGood(run: Run | undefined): boolean {
  return run?.status === 'Successful' || run?.status === 'Finished with problems';
}

/** Asks the agent how far the first steps are. */
export async function lookAround(): Promise<Standing> {
  const [connections, flows] = await Promise.all([call('connections'), call('processflows')]);
  return standingOf(connections, flows);
}

/** What is told while the steps are taken. */
export interface Telling {
  step: (step: Step) => void;
  progress: (progress: Progress) => void;
  /** Whether to go on looking at the run. */
  going: () => boolean;
}

/** Takes the steps that are left. */
export async function takeSteps(tell: Telling): Promise<void> {
  const [connections, flows] = await Promise.all([call('connections'), call('processflows')]);
  const around = standingOf(connections, flows);
  const taken = connections.map(({ name }) => name);
  let { store, target, flow } = around;
  if (!store) {
    tell.step('store');
    store = freeName(STORE, taken);
    await call('save_connection', { name: store, connector: 'bigcommerce', settings: { sandbox: true } });
    await call('validate_connection', { name: store });
  }
  if (!target) {
    tell.step('target');
    target = freeName(TARGET, taken);
    const settings = { url: `sqlite:${FILE}`, create: true };
    await call('save_connection', { name: target, connector: 'sql', settings });
  }
  if (!flow) {
    tell.step('flow');
    await deploy(store, target);
    ({ flow } = await lookAround());
  }
  if (flow && !isGood(around.last)) {
    tell.step('run');
    await runOnce(flow.processflow, tell);
  }
}

/** Installs the ready-made processflow under a name of its own where its usual one is taken, and deploys it. */
async function deploy(store: string, target: string): Promise<void> {
  const [drafts, flows] = await Promise.all([call('list_drafts'), call('processflows')]);
  const ready = (await call('ready_made')).find(({ name }) => name === READY_MADE);
  const isTaken = async (name: string) => {
    if (flows.some(({ processflow, state }) => processflow === name && state !== 'undeployed')) return true;
    if (!drafts.some((draft) => draft.name === name)) return false;
    const { text } = await call('read_draft', { name });
    // A draft that the first steps left behind may be used; one that somebody works on may not.
    return text.replace(/^processflow: .*$/m, `processflow: ${READY_MADE}`) !== ready?.text;
  };
  let name = READY_MADE;
  for (let number = 1; await isTaken(name); number++)
    name = `${READY_MADE}-sandbox${number > 1 ? number : ''}`;
  if (!drafts.some((draft) => draft.name === name)) {
    await call('install_ready_made', { name: READY_MADE, as: name === READY_MADE ? null : name });
  }
  const { text } = await call('read_draft', { name });
  await call('deploy', { text, file: `${name}.yaml`, connections: { store, erp: target }, draft: name });
}

/**
 * Runs it over all there is: a watermark that an earlier try left behind would make the run read nothing. What is in the
 * table already is found unchanged there.
 */
async function runOnce(processflow: string, tell: Telling): Promise<void> {
  const under = (await call('status')).running.find((run) => run.processflow === processflow);
  const run = under?.run ?? (await call('start_run', { processflow, full: true })).run;
  while (tell.going()) {
    const progress = await call('run_progress', { run });
    tell.progress(progress);
    if (progress.ended) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
}

/** Takes away what the first steps made, as far as nothing else uses it. The database file and the history stay. */
export async function removeSteps({ flow, store, target }: Standing): Promise<void> {
  if (flow) {
    await call('undeploy', { processflow: flow.processflow });
    const drafts = await call('list_drafts');
    if (drafts.some(({ name }) => name === flow.processflow)) {
      await call('remove_draft', { name: flow.processflow });
    }
  }
  for (const { name, used_by } of await call('connections')) {
    if ((name === store || name === target) && used_by.length === 0)
      await call('remove_connection', { name });
  }
}
