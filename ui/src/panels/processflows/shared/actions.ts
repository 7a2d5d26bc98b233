// What can be done with a processflow from everywhere in this panel.
import { call, Problem, type ProcessflowOverview, type StartRun } from '../../../api';
import { said, t } from '../../../i18n';
import { links } from '../../../shell/links';
import { ask } from '../../../shell/questions.svelte';
import { go } from '../../../shell/router.svelte';
import { toast } from '../../../shell/toasts.svelte';

/** A problem and its way out in one line. */
export function sentences(message: string, hint: string | null): string {
  return hint ? `${said(message).replace(/\.$/, '')}. ${said(hint)}` : said(message);
}

/** Does it; a problem becomes a word that goes by itself, with the engine's way out. */
async function tried(act: () => Promise<void>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (thrown) {
    const { message, hint } = Problem.of(thrown);
    toast('bad', sentences(message, hint));
    return false;
  }
}

/** Starts a run; rejects with the engine's problem. */
export async function startRun(input: StartRun): Promise<void> {
  const { run } = await call('start_run', input);
  toast('ok', t('processflows:run.started', { name: input.processflow }), {
    label: t('processflows:run.show'),
    run: () => go(links.run(run)),
  });
}

/** Runs what changed since the last run. */
export function runNow(processflow: string): Promise<boolean> {
  return tried(() => startRun({ processflow }));
}

/** Stops the run that is under way, at a safe point. */
export async function cancelRun(name: string, run: string): Promise<void> {
  const yes = await ask({
    title: t('processflows:cancel.title', { name }),
    text: t('processflows:cancel.text'),
    confirm: t('processflows:cancel.confirm'),
    cancel: t('processflows:cancel.stay'),
  });
  if (!yes) return;
  await tried(async () => {
    await call('cancel_run', { run });
    toast('ok', t('processflows:cancel.done', { name }));
  });
}

/** Pauses there are. */
export const PAUSES = ['hour', 'fourHours', 'tomorrow', 'resumed'] as const;
export type PauseLength = (typeof PAUSES)[number];

/** A pause in seconds; null until somebody resumes it. Tomorrow begins at midnight of this machine. */
export function pauseSeconds(length: PauseLength, now = new Date()): number | null {
  if (length === 'resumed') return null;
  if (length === 'hour') return 3600;
  if (length === 'fourHours') return 4 * 3600;
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1);
  return Math.ceil((midnight.getTime() - now.getTime()) / 1000);
}

/** Stops the schedule. */
export function pause(processflow: string, length: PauseLength): Promise<boolean> {
  return tried(async () => {
    await call('pause', { processflow, seconds: pauseSeconds(length) });
    toast('ok', t(`processflows:pause.done.${length}`, { name: processflow }), {
      label: t('processflows:resume'),
      run: () => void resume(processflow),
    });
  });
}

/** Lets the schedule go on. */
export function resume(processflow: string): Promise<boolean> {
  return tried(async () => {
    await call('resume', { processflow });
    toast('ok', t('processflows:resumed', { name: processflow }));
  });
}

/** Asks, and takes it off this agent. Its file stays as a draft: nobody loses work by this. */
export async function undeploy({ name, deployed, draft }: ProcessflowOverview): Promise<boolean> {
  const yes = await ask({
    title: t('processflows:undeploy.title', { name }),
    text: t('processflows:undeploy.text'),
    names: [
      t('processflows:undeploy.history'),
      t('processflows:undeploy.watermark'),
      t('processflows:undeploy.failed', { count: deployed?.failed ?? 0 }),
      t(draft ? 'processflows:undeploy.draft' : 'processflows:undeploy.becomesDraft'),
    ],
    confirm: t('processflows:undeploy.confirm'),
    danger: true,
  });
  if (!yes) return false;
  return tried(async () => {
    if (!draft) await keepAsDraft(name);
    await call('undeploy', { processflow: name });
    toast('ok', t('processflows:undeploy.done', { name }));
  });
}

async function keepAsDraft(name: string): Promise<void> {
  const { text, base } = await call('read_draft', { name });
  if (base === null) await call('save_draft', { name, text, base: null });
}

/** Asks, and removes the draft; what is deployed stays. */
export async function removeDraft({ name, deployed, draft }: ProcessflowOverview): Promise<boolean> {
  if (!draft) return false;
  const yes = await ask({
    title: t('processflows:removeDraft.title', { name }),
    text: deployed
      ? t('processflows:removeDraft.deployed', { version: deployed.version })
      : t('processflows:removeDraft.alone'),
    confirm: t('processflows:removeDraft.confirm'),
    danger: true,
  });
  if (!yes) return false;
  return tried(async () => {
    await call('remove_draft', { name: draft.name });
    toast('ok', t('processflows:removeDraft.done', { name }));
  });
}

/** Shows the draft's folder to people who use another editor. */
export function reveal(path: string): Promise<boolean> {
  return tried(async () => {
    await call('window.reveal', { path });
  });
}
