import type { Run } from '../../api';
import { formatDuration } from '../../i18n';

/** How long a run took, or has taken so far. */
export function lasted(run: Pick<Run, 'started_at' | 'ended_at'>, now = Date.now()): string {
  const end = run.ended_at ? Date.parse(run.ended_at) : now;
  return formatDuration(Math.max(0, end - Date.parse(run.started_at)) / 1000);
}
