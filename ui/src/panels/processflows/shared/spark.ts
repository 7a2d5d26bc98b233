import type { RunStatus, SeriesRun } from '../../../api';
import { MARKS, type Tone } from '../../../design/tones';
import { formatRelative, hasWords, t } from '../../../i18n';
import { balanceWords } from '../../shared/balance';

/** A run's state in words. */
function statusWords(status: RunStatus): string {
  const key = `common:runStatus.${status}`;
  return hasWords(key) ? t(key) : status;
}

/** The last runs as a sparkline has them: height by what was read, colour by how they ended. */
export function sparkOf(runs: readonly SeriesRun[]): { value: number; tone: Tone; title: string }[] {
  return runs.map((run) => ({
    value: run.read,
    tone: run.failed > 0 && run.status !== 'Failed' ? 'warn' : MARKS.runStatus[run.status].tone,
    title: `${statusWords(run.status)}, ${formatRelative(run.started_at)}. ${balanceWords(run)}`,
  }));
}

/** The run whose counts say something: the newest that reads or has read a record, else the newest; runs come oldest first. */
export function telling<T extends Pick<SeriesRun, 'read' | 'status'>>(runs: readonly T[]): T | undefined {
  return runs.findLast(({ read, status }) => read > 0 || status === 'Running') ?? runs.at(-1);
}

/** What a sparkline shows, read aloud in its place. */
export function sparkLabel(runs: readonly SeriesRun[]): string {
  const last = runs.at(-1);
  if (!last) return t('processflows:spark.none');
  const well = runs.filter(({ status }) => status === 'Successful').length;
  return t('processflows:spark.label', { count: runs.length, well, last: statusWords(last.status) });
}
