// What was found for a text, one life for each record.
import type { LifeEvent, LifeLine, SetAside } from '../../api';

/** All that is known of one record in one processflow. */
export interface Life {
  key: string;
  processflow: string;
  source: string;
  labels: string[];
  /** In the order of time. */
  events: LifeEvent[];
  /** Where it waits now. */
  waits: SetAside | undefined;
}

/** One life for each record, the one that something happened to last first. */
export function lives({ events, set_aside }: Pick<LifeLine, 'events' | 'set_aside'>): Life[] {
  const all = new Map<string, Life>();
  const lifeOf = ({ processflow, source, labels }: LifeEvent | SetAside): Life => {
    const key = `${processflow}\n${source}`;
    const life = all.get(key) ?? { key, processflow, source, labels: [], events: [], waits: undefined };
    life.labels = [...new Set([...life.labels, ...labels])];
    all.set(key, life);
    return life;
  };
  for (const event of events) lifeOf(event).events.push(event);
  for (const kept of set_aside) {
    const life = lifeOf(kept);
    if (kept.state === 'open') life.waits = kept;
  }
  const last = (life: Life) => Date.parse(life.events.at(-1)?.at ?? life.waits?.last_at ?? '') || 0;
  const found = [...all.values()];
  for (const life of found) life.events.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  return found.sort((a, b) => last(b) - last(a));
}
