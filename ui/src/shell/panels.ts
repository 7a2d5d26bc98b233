// Which panels there are. A panel is the file `panels/NAME/Panel.svelte`: put it there, and it is in the navigation.
import type { Component } from 'svelte';
import Cable from '@lucide/svelte/icons/cable';
import History from '@lucide/svelte/icons/history';
import ScrollText from '@lucide/svelte/icons/scroll-text';
import Settings from '@lucide/svelte/icons/settings';
import Workflow from '@lucide/svelte/icons/workflow';

/** A panel of the navigation; its words stand in shell.json under `panel`. */
export interface PanelEntry {
  name: string;
  icon: Component;
  load: () => Promise<{ default: Component }>;
}

const files = import.meta.glob<{ default: Component }>('../panels/*/Panel.svelte');

const ORDER: [string, Component][] = [
  ['connections', Cable],
  ['processflows', Workflow],
  ['runs', History],
  ['logs', ScrollText],
  ['settings', Settings],
];

/** The panels in the navigation's order. */
export const PANELS: PanelEntry[] = ORDER.flatMap(([name, icon]) => {
  const load = files[`../panels/${name}/Panel.svelte`];
  return load ? [{ name, icon, load }] : [];
});

/** Fetches them one after the other, so that no first click waits for its panel. */
export async function fetchAhead(): Promise<void> {
  // One that cannot be fetched says so when it is opened.
  for (const { load } of PANELS) await load().catch(() => undefined);
}

/** Pages that are no panel of the navigation: the first start, and in development the look of all components. */
export function page(name: string): PanelEntry['load'] | undefined {
  if (import.meta.env.DEV && name === 'design') return () => import('../design/gallery/Gallery.svelte');
  return PANELS.find((panel) => panel.name === name)?.load ?? files[`../panels/${name}/Panel.svelte`];
}
