import { onChange, type Topic } from './changes';
import { Problem } from './problem';

/** An answer that keeps itself true. */
export interface Live<T> {
  /** The newest answer; the one before stays while it is asked again. */
  readonly value: T | undefined;
  /** Why the last asking failed; the value before it stays. */
  readonly error: Problem | undefined;
  /** Nothing to show yet: draw a skeleton. */
  readonly loading: boolean;
  /** Being asked again while an older answer is shown. */
  readonly refreshing: boolean;
  /** Asks again now; what was changed before it is in the value once it is done. */
  refresh(): Promise<void>;
}

/** How a live query behaves. */
export interface LiveOptions {
  /** What the answer is about. When it changes, the old answer is dropped at once instead of shown under a new heading. */
  about?: () => unknown;
  /** Milliseconds between two askings at least, however many changes come. */
  pause?: number;
}

/**
 * Asks now, asks again when what `ask` read (before its first `await`) changes or when one of the topics does.
 * Several changes make one question, and an answer that was overtaken by a newer question is dropped.
 * Call it while a component is being set up.
 */
export function live<T>(ask: () => Promise<T>, topics: readonly Topic[], options: LiveOptions = {}): Live<T> {
  const { about, pause = 150 } = options;
  let value = $state.raw<T>();
  let error = $state.raw<Problem>();
  let busy = $state(true);
  let newest = 0;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let asking = false;
  let again = false;
  let aboutBefore: unknown;

  async function run(): Promise<void> {
    const mine = ++newest;
    asking = true;
    busy = true;
    try {
      const answer = await ask();
      if (mine !== newest) return;
      value = answer;
      error = undefined;
    } catch (thrown) {
      if (mine !== newest) return;
      error = Problem.of(thrown);
    }
    asking = false;
    busy = false;
    if (again) later();
  }

  function later(): void {
    again = asking;
    if (asking || waiting !== undefined) return;
    waiting = setTimeout(() => {
      waiting = undefined;
      if (asking) again = true;
      else void run();
    }, pause);
  }

  $effect(() => {
    const now = about?.();
    if (now !== aboutBefore) {
      aboutBefore = now;
      value = undefined;
      error = undefined;
    }
    again = false;
    void run();
  });

  $effect(() => {
    const stop = onChange(topics, later);
    return () => {
      stop();
      clearTimeout(waiting);
      newest += 1;
    };
  });

  return {
    get value() {
      return value;
    },
    get error() {
      return error;
    },
    get loading() {
      return value === undefined && error === undefined;
    },
    get refreshing() {
      return busy && value !== undefined;
    },
    refresh: run,
  };
}
