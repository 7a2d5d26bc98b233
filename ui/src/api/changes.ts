// What changed, as topics. An event says *that* something changed and never carries the truth: whoever shows it asks again.
import { inWindow } from './transport';

/** Kinds of things that change. `agent` concerns everything: who answers may be another one now. */
export type Topic =
  'agent' | 'run' | 'connection' | 'processflow' | 'record' | 'settings' | 'cache' | 'log' | 'window';

/** One change; without an id, all of its topic. */
export interface Change {
  topic: Topic | '*';
  id?: string | null;
}

type Listener = (change: Change) => void;
const listeners = new Set<Listener>();

/** Tells all listeners; the window, the dev server and tests call it. */
export function announce(change: Change): void {
  for (const listener of [...listeners]) listener(change);
}

/** Whether a change concerns those who look at these topics. */
export function concerns(change: Change, topics: readonly Topic[]): boolean {
  if (change.topic === '*' || change.topic === 'agent') return true;
  return topics.includes(change.topic);
}

/** Listens to changes of these topics; returns what ends it. */
export function onChange(topics: readonly Topic[], listener: Listener): () => void {
  const mine: Listener = (change) => {
    if (concerns(change, topics)) listener(change);
  };
  listeners.add(mine);
  return () => listeners.delete(mine);
}

/** Begins to hear what the window (or in development the dev server) tells. Called once, at the start. */
export async function startChanges(): Promise<void> {
  if (inWindow()) {
    const { listen } = await import('@tauri-apps/api/event');
    await listen<Change>('changed', (event) => announce(event.payload));
  } else if (import.meta.hot) {
    import.meta.hot.on('processflow:changed', (change: Change) => announce(change));
  }
}
