import { call, Problem, type ConnectionRow } from '../../api';
import { said, t } from '../../i18n';
import { ask } from '../../shell/questions.svelte';
import { toast } from '../../shell/toasts.svelte';
import { forgetTried } from './validation.svelte';

/** Asks, naming what would stop, and removes; true when it is gone. */
export async function remove({ name, used_by: used }: ConnectionRow): Promise<boolean> {
  const inUse = used.length > 0;
  const yes = await ask({
    title: t('connections:remove.title', { name }),
    text: t(inUse ? 'connections:remove.used' : 'connections:remove.unused', { count: used.length }),
    names: used,
    confirm: t('common:remove'),
    danger: true,
    typed: inUse ? name : undefined,
  });
  if (!yes) return false;
  try {
    await call('remove_connection', { name });
  } catch (thrown) {
    toast('bad', said(Problem.of(thrown).message));
    return false;
  }
  forgetTried(name);
  toast('ok', t('connections:remove.done', { name }));
  return true;
}
