// Where the program opens: with the first steps while there is no connection yet, else where it always does.
import { call } from '../../api';
import { links } from '../../shell/links';
import { go } from '../../shell/router.svelte';

/** Milliseconds that are waited for the answer: an agent that is busy must not keep the window empty. */
const PATIENCE = 600;

/**
 * Shows the first steps when the window opened nowhere in particular and there is no connection yet. Over before
 * anything is drawn, so that nobody sees one page flash before the other.
 */
export async function openAtStart(): Promise<void> {
  if (location.hash !== '') return;
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE));
  const connections = await Promise.race([call('connections').catch(() => undefined), late]);
  if (connections?.length === 0) go(links.welcome(), { replace: true });
}
