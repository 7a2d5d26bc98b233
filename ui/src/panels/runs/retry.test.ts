import { afterEach, expect, it } from 'vitest';
import { useTransport } from '../../api/transport';
import { resync, sum, type Sent } from './retry';

const run = (status: string, written: number, failed: number) =>
  ({ run: '01a1', status, read: written + failed, written, unchanged: 0, skipped: {}, failed }) as Parameters<
    typeof sum
  >[0][number];

afterEach(() => useTransport(undefined));

it('adds up what the runs tell', () => {
  expect(sum([run('Successful', 3, 0), run('Finished with problems', 1, 2)])).toMatchObject({
    done: 6,
    succeeded: 4,
    failed: 2,
    ended: true,
    stopped: null,
  });
});

it('says which run stopped before its end', () => {
  expect(sum([run('Failed', 0, 0)]).stopped).toBe('01a1');
  expect(sum([run('Running', 0, 0)])).toMatchObject({ stopped: null, ended: false });
});

it('waits for the end and tells on the way', async () => {
  const answers = [run('Running', 1, 0), run('Successful', 2, 0)];
  useTransport(async (name) => (name === 'retry_failed' ? { runs: ['01a1'] } : answers.shift()));
  const told: Sent[] = [];
  const sent = await resync(
    { numbers: [1, 2] },
    (now) => told.push(now),
    async () => undefined,
  );
  expect(sent.succeeded).toBe(2);
  expect(told.map(({ done }) => done)).toEqual([1, 2]);
});
