// Bringing a processflow in from elsewhere: a dropped file or folder, or one that was chosen. It becomes a draft; only a
// person deploys it.
import { call, Problem, type ImportProcessflow } from '../../../api';
import { t } from '../../../i18n';
import { links } from '../../../shell/links';
import { go } from '../../../shell/router.svelte';
import { toast } from '../../../shell/toasts.svelte';

/** What was chosen and could not be brought in yet. */
export interface Stopped {
  input: ImportProcessflow;
  problem: Problem;
}

let stopped = $state.raw<Stopped>();
let busy = $state(false);

/** What waits for a person: another name, or the end of it. */
export function stoppedImport(): Stopped | undefined {
  return stopped;
}

/** Whether one is on its way. */
export function importing(): boolean {
  return busy;
}

/** Lets go of what could not be brought in. */
export function dropImport(): void {
  stopped = undefined;
}

/** Brings it in and shows it; what stops it is kept for the question about another name. */
export async function bringIn(input: ImportProcessflow): Promise<void> {
  busy = true;
  try {
    const { name } = await call('import_processflow', input);
    stopped = undefined;
    toast('ok', t('processflows:import.done', { name }));
    go(links.processflow(name));
  } catch (thrown) {
    stopped = { input, problem: Problem.of(thrown) };
  } finally {
    busy = false;
  }
}

/** Brings in what was dropped or chosen. */
export async function bringInFiles(read: () => Promise<ImportProcessflow>): Promise<void> {
  let input: ImportProcessflow;
  try {
    input = await read();
  } catch (thrown) {
    stopped = { input: {}, problem: Problem.of(thrown) };
    return;
  }
  await bringIn(input);
}
