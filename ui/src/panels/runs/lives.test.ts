import { expect, it } from 'vitest';
import type { LifeEvent, SetAside } from '../../api';
import { lives } from './lives';

const event = (source: string, at: string, what: LifeEvent['what'], labels: string[] = []) =>
  ({ source, at, what, labels, processflow: 'orders' }) as LifeEvent;

it('tells each record its own life, in the order of time, the newest first', () => {
  const found = lives({
    events: [
      event('1042', '2026-03-02T10:00:00Z', 'written', ['a@x.org']),
      event('7', '2026-03-03T10:00:00Z', 'failed'),
      event('1042', '2026-03-01T10:00:00Z', 'failed', ['b@x.org']),
    ],
    set_aside: [
      { source: '7', processflow: 'orders', labels: [], state: 'open', number: 5 } as unknown as SetAside,
      {
        source: '1042',
        processflow: 'orders',
        labels: [],
        state: 'settled',
        number: 4,
      } as unknown as SetAside,
    ],
  });
  expect(found.map(({ source }) => source)).toEqual(['7', '1042']);
  expect(found[1]?.events.map(({ what }) => what)).toEqual(['failed', 'written']);
  expect(found[1]?.labels).toEqual(['a@x.org', 'b@x.org']);
  expect(found.map(({ waits }) => waits?.number)).toEqual([5, undefined]);
});

it('keeps apart what two processflows call the same', () => {
  const other = { ...event('1', '2026-03-01T10:00:00Z', 'written'), processflow: 'stock' };
  expect(
    lives({ events: [event('1', '2026-03-01T10:00:00Z', 'written'), other], set_aside: [] }),
  ).toHaveLength(2);
});
