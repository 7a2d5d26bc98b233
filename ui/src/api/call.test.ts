import { afterEach, expect, it } from 'vitest';

import { call } from './call';
import { Problem } from './problem';
import { useTransport } from './transport';

afterEach(() => useTransport(undefined));

it('passes name and input on, and gives the answer back', async () => {
  const seen: unknown[] = [];
  useTransport((name, input) => {
    seen.push([name, input]);
    return Promise.resolve({ entries: [], set_aside: [] });
  });
  expect(await call('find', { text: '1042' })).toEqual({ entries: [], set_aside: [] });
  await call('status');
  expect(seen).toEqual([
    ['find', { text: '1042' }],
    ['status', {}],
  ]);
});

it('throws the engine’s sentence and hint, whatever way it comes', async () => {
  useTransport(() => Promise.reject({ kind: 'config', message: 'no such store', hint: 'Paste it again.' }));
  await expect(call('status')).rejects.toMatchObject({
    kind: 'config',
    message: 'no such store',
    hint: 'Paste it again.',
  });
  useTransport(() => Promise.reject(new TypeError('gone')));
  await expect(call('status')).rejects.toBeInstanceOf(Problem);
  useTransport(() => Promise.reject('text alone'));
  await expect(call('status')).rejects.toMatchObject({ kind: 'bug', message: 'text alone' });
});
