import { flushSync } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { announce } from './changes';
import { live, type Live } from './live.svelte';
import { Problem } from './problem';

/** Answers that are given when the test says so. */
function questions() {
  const open: { answer: (value: string) => void; refuse: (why: unknown) => void }[] = [];
  const ask = () => new Promise<string>((answer, refuse) => open.push({ answer, refuse }));
  return { open, ask };
}

let end: (() => void) | undefined;

function started<T>(make: () => Live<T>): Live<T> {
  let made!: Live<T>;
  end = $effect.root(() => {
    made = make();
  });
  flushSync();
  return made;
}

const settled = () => vi.advanceTimersByTimeAsync(0);

describe('a live query', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    end?.();
    vi.useRealTimers();
  });

  it('loads, then shows the answer', async () => {
    const { open, ask } = questions();
    const query = started(() => live(ask, ['run']));
    expect(query.loading).toBe(true);
    open[0]?.answer('a');
    await settled();
    expect(query).toMatchObject({ loading: false, value: 'a', refreshing: false });
  });

  it('keeps the old answer while it asks again', async () => {
    const { open, ask } = questions();
    const query = started(() => live(ask, ['run']));
    open[0]?.answer('a');
    await settled();
    announce({ topic: 'run' });
    await vi.advanceTimersByTimeAsync(200);
    expect(query).toMatchObject({ value: 'a', refreshing: true });
    open[1]?.answer('b');
    await settled();
    expect(query.value).toBe('b');
  });

  it('makes one question of many changes, and one more of those that come meanwhile', async () => {
    const { open, ask } = questions();
    started(() => live(ask, ['run']));
    open[0]?.answer('a');
    await settled();
    for (let n = 0; n < 20; n++) announce({ topic: 'run' });
    await vi.advanceTimersByTimeAsync(200);
    expect(open).toHaveLength(2);
    for (let n = 0; n < 20; n++) announce({ topic: 'run' });
    open[1]?.answer('b');
    await vi.advanceTimersByTimeAsync(1000);
    expect(open, 'a change during the question must not be lost').toHaveLength(3);
  });

  it('does not ask for what does not concern it', async () => {
    const { open, ask } = questions();
    started(() => live(ask, ['run']));
    open[0]?.answer('a');
    await settled();
    announce({ topic: 'settings' });
    await vi.advanceTimersByTimeAsync(1000);
    expect(open).toHaveLength(1);
    announce({ topic: 'agent' });
    await vi.advanceTimersByTimeAsync(1000);
    expect(open, 'another agent answers now: everything is asked again').toHaveLength(2);
  });

  it('drops an answer that was overtaken', async () => {
    const { open, ask } = questions();
    const query = started(() => live(ask, ['run']));
    void query.refresh();
    open[1]?.answer('new');
    await settled();
    open[0]?.answer('old');
    await settled();
    expect(query.value).toBe('new');
  });

  it('tells an error and keeps what it had', async () => {
    const { open, ask } = questions();
    const query = started(() => live(ask, ['run']));
    open[0]?.answer('a');
    await settled();
    void query.refresh();
    open[1]?.refuse({ kind: { unavailable: { retry_after: { secs: 14, nanos: 0 } } }, message: 'busy' });
    await settled();
    expect(query.value).toBe('a');
    expect(query.error).toBeInstanceOf(Problem);
    expect(query.error).toMatchObject({ kind: 'unavailable', retryAfter: 14_000, message: 'busy' });
  });

  it('asks again when what it read changes, and shows nothing old under a new heading', async () => {
    const { open } = questions();
    let id = $state('one');
    const asked: string[] = [];
    const ask = (which: string) => {
      asked.push(which);
      return new Promise<string>((answer, refuse) => open.push({ answer, refuse }));
    };
    const query = started(() => live(() => ask(id), ['run'], { about: () => id }));
    open[0]?.answer('of one');
    await settled();
    id = 'two';
    flushSync();
    expect(asked).toEqual(['one', 'two']);
    expect(query).toMatchObject({ value: undefined, loading: true });
  });

  it('asks nothing any more when its component has gone', async () => {
    const { open, ask } = questions();
    started(() => live(ask, ['run']));
    open[0]?.answer('a');
    await settled();
    announce({ topic: 'run' });
    end?.();
    await vi.advanceTimersByTimeAsync(1000);
    expect(open).toHaveLength(1);
  });
});
