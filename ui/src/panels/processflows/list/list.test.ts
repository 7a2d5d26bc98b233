import { expect, it } from 'vitest';

import type { ProcessflowOverview } from '../../../api';
import { pauseSeconds } from '../shared/actions';
import { stateOf, troubleOf, versionsOf } from '../shared/standing';
import { shownOf } from './filter';
import { idsOf, runOf, wrongOf, type RunForm } from './run-form';

const draft = { name: 'orders', mistakes: 0 } as ProcessflowOverview['draft'];
const deployed = { version: 3, failed: 0, last: null } as unknown as NonNullable<
  ProcessflowOverview['deployed']
>;
const flow = (more: Partial<ProcessflowOverview>): ProcessflowOverview => ({
  name: 'orders',
  description: 'Orders into the ERP',
  standing: { state: 'deployed' },
  changed: false,
  connectors: {},
  schedule: null,
  deployed: null,
  draft: null,
  ...more,
});
const words = (one: ProcessflowOverview) => versionsOf(one).map((said) => said.words);

it('shows draft and deployed as two things', () => {
  expect(words(flow({ draft }))).toEqual(['Draft']);
  expect(words(flow({ deployed }))).toEqual(['Deployed v3']);
  expect(words(flow({ deployed, draft }))).toEqual(['Deployed v3']);
  expect(words(flow({ deployed, draft, changed: true }))).toEqual(['Deployed v3', 'Draft differs from v3']);
});

it('says how it stands, and never calls a failure waiting', () => {
  const standing = { state: 'waiting' as const, problem: 'the token was refused', hint: 'Enter a new one.' };
  const failed = { ...deployed, last: { status: 'Failed' } as NonNullable<typeof deployed.last> };
  expect(stateOf(flow({ standing, deployed })).words).toBe('Waiting');
  expect(stateOf(flow({ standing, deployed: failed }))).toMatchObject({
    words: 'Last run failed',
    tone: 'bad',
  });
  expect(troubleOf(flow({ standing }))?.hint).toBe('Enter a new one.');
  expect(stateOf(flow({ standing: { state: 'paused', until: null } })).words).toBe('Paused until resumed');
});

it('finds by words in name and description, and by what needs attention', () => {
  const flows = [
    flow({ deployed }),
    flow({ name: 'stock', description: null, deployed: { ...deployed, failed: 2 } }),
    flow({ draft }),
  ];
  expect(shownOf(flows, 'all', 'erp ORD').length).toBe(2);
  expect(shownOf(flows, 'trouble', '').map(({ name }) => name)).toEqual(['stock']);
  expect(shownOf(flows, 'drafts', '')).toEqual([flows[2]]);
});

const form = (more: Partial<RunForm>): RunForm => ({
  kind: 'changed',
  ids: '',
  since: '',
  filter: [],
  ...more,
});

it('asks for exactly the records that were named', () => {
  expect(idsOf(' 1042, 1043;1042\n7 ')).toEqual(['1042', '1043', '7']);
  expect(runOf('a', form({ kind: 'ids', ids: '1, 2' }))).toEqual({ processflow: 'a', ids: ['1', '2'] });
  expect(runOf('a', form({ ids: '1, 2' })), 'typed before another kind was chosen').toEqual({
    processflow: 'a',
  });
  expect(runOf('a', form({ kind: 'since', since: '2026-11-21T06:00' })).since).toMatch(
    /^2026-11-2\dT\d\d:00:00.000Z$/,
  );
  const filter = [
    { name: ' status_id ', value: '11' },
    { name: '', value: 'x' },
  ];
  expect(runOf('a', form({ kind: 'filter', filter }))).toEqual({
    processflow: 'a',
    filter: { status_id: '11' },
  });
});

it('starts nothing while what is to be run is not said', () => {
  expect(wrongOf(form({ kind: 'ids', ids: ' , ' }))).toBe('processflows:run.wrong.ids');
  expect(wrongOf(form({ kind: 'since' }))).toBe('processflows:run.wrong.since');
  expect(wrongOf(form({ kind: 'filter', filter: [{ name: ' ', value: '1' }] }))).toBe(
    'processflows:run.wrong.filter',
  );
  expect(wrongOf(form({}))).toBeUndefined();
});

it('pauses until midnight of this machine', () => {
  expect(pauseSeconds('tomorrow', new Date(2026, 10, 21, 23, 59, 30))).toBe(30);
  expect(pauseSeconds('fourHours')).toBe(14_400);
  expect(pauseSeconds('resumed')).toBeNull();
});
