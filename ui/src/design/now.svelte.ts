// One clock for all relative times on the page: a tick every ten seconds, none while nobody looks.
import { createSubscriber } from 'svelte/reactivity';

const TICK = 10_000;

const subscribe = createSubscriber((update) => {
  const timer = setInterval(update, TICK);
  return () => clearInterval(timer);
});

/** Milliseconds now; whoever reads it is drawn again at each tick. */
export function now(): number {
  subscribe();
  return Date.now();
}
