// Where the program opens: with the first steps while there is no connection yet, else where it always does.
import { call } from '../../api';
import { links } from '../../shell/links';
import { go } from '../../shell/router.svelte';

/** Shows the first steps when the window opened nowhere in particular and there is no connection yet. */
export async function openAtStart(): Promise<void> {
  if (location.hash !== '') return;
  const connections = await call('connections').catch(() => undefined);
  if (connections?.length === 0 && location.hash === '') go(links.welcome(), { replace: true });
}
