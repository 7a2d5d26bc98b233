// Where things are shown: the one place that knows the panels' addresses.
import { link } from './router.svelte';

export const links = {
  connections: () => link('connections'),
  connection: (name: string) => link('connections', name),
  newConnection: (connector: string) => link('connections', 'new', connector),
  processflows: () => link('processflows'),
  processflow: (name: string) => link('processflows', name),
  /** The wizard that deploys a draft. */
  deploy: (name: string) => link('processflows', name, 'deploy'),
  runs: () => link('runs'),
  /** Runs of one processflow. */
  runsOf: (processflow: string) => link('runs', { processflow }),
  run: (id: string) => link('runs', id),
  /** The whole life line of what carries this id, number, SKU or e-mail. */
  record: (text: string) => link('runs', 'record', text),
  /** Records that wait, grouped by cause. */
  failed: (processflow?: string) => link('runs', 'failed', { processflow }),
  logs: (filter: { run?: string; processflow?: string } = {}) => link('logs', filter),
  welcome: () => link('welcome'),
  settings: (section?: string) => (section ? link('settings', section) : link('settings')),
};
