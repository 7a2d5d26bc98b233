// Sends set-aside records again and waits until it is known what became of them.
import { call, type InputOf, type RunDetail } from '../../api';
import { skippedOf } from '../shared/balance';

/** Which set-aside records. */
export type Chosen = InputOf<'retry_failed'>;

/** How far it came. */
export interface Sent {
  runs: string[];
  /** Records that are settled again, of so many. */
  done: number;
  /** There, or left out by a rule. */
  succeeded: number;
  failed: number;
  /** Nothing more will happen. */
  ended: boolean;
  /** A run that ended without settling all of its records: its page says why. */
  stopped: string | null;
}

const PAUSE = 400;

/** The sum of what the runs tell. */
export function sum(
  runs: readonly Pick<
    RunDetail,
    'run' | 'status' | 'read' | 'written' | 'unchanged' | 'skipped' | 'failed'
  >[],
): Sent {
  const add = (pick: (run: (typeof runs)[number]) => number) => runs.reduce((all, run) => all + pick(run), 0);
  const stopped = runs.find(
    ({ status }) => !['Running', 'Successful', 'Finished with problems'].includes(status),
  );
  return {
    runs: runs.map(({ run }) => run),
    done: add(({ read }) => read),
    succeeded: add((run) => run.written + run.unchanged + skippedOf(run)),
    failed: add(({ failed }) => failed),
    ended: runs.every(({ status }) => status !== 'Running'),
    stopped: stopped?.run ?? null,
  };
}

/** Sends them, tells how far it came as often as something is known, and answers with the result. */
export async function resync(chosen: Chosen, tell: (sent: Sent) => void, wait = pause): Promise<Sent> {
  const { runs } = await call('retry_failed', chosen);
  for (;;) {
    const sent = sum(await Promise.all(runs.map((run) => call('show_run', { run, limit: 1 }))));
    tell(sent);
    if (sent.ended) return sent;
    await wait();
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE));
}
