// Places of this panel, below those that the whole window knows.
import { link } from '../../../shell/router.svelte';

/** Tabs of a processflow's page. */
export const TABS = ['overview', 'edit', 'runs', 'versions', 'log'] as const;
export type Tab = (typeof TABS)[number];
/** Steps of the deploy wizard. */
export const STEPS = ['connections', 'lookups', 'schedule', 'review', 'deploy'] as const;
export type Step = (typeof STEPS)[number];

export const places = {
  add: () => link('processflows', { add: 'yes' }),
  tab: (name: string, tab: Tab) =>
    tab === 'overview' ? link('processflows', name) : link('processflows', name, tab),
  deploy: (name: string, step?: Step) => link('processflows', name, 'deploy', { step }),
  versions: (name: string, a: string, b: string) => link('processflows', name, 'versions', { a, b }),
};
