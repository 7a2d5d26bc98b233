// Filters stand in the address, so that going back and sending a link bring them along.
import { go, link, route } from '../../shell/router.svelte';

/** Changes filters of the page that is shown; empty ones leave the address. */
export function refilter(change: Record<string, string | null>): void {
  const query: Record<string, string | null> = Object.fromEntries(route().query);
  go(link(route().panel, ...route().path, { ...query, ...change }), { replace: true });
}

/** A filter of the page that is shown; empty when it is not set. */
export function filter(name: string): string {
  return route().query.get(name) ?? '';
}
