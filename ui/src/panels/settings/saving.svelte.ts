// Settings that save themselves: each change is told where it was made and can be undone.
import { call, Problem, type SettingRow } from '../../api';
import { hasWords, t } from '../../i18n';
import { toast } from '../../shell/toasts.svelte';

/** How the last change of a setting went. */
export interface Saved {
  state: 'saving' | 'saved' | 'failed';
  problem?: Problem;
}

const SHOWN = 4000;

let states = $state.raw<Record<string, Saved>>({});

function set(key: string, saved: Saved | undefined): void {
  const { [key]: _, ...rest } = states;
  states = saved ? { ...rest, [key]: saved } : rest;
}

/** How a setting's last change went; reactive, nothing when that was a while ago. */
export function savedOf(key: string): Saved | undefined {
  return states[key];
}

/** Forgets why a change did not come about: something else is typed now. */
export function forgetSaved(key: string): void {
  set(key, undefined);
}

/**
 * Makes a change, tells that it came about, and offers to undo it. True when it came about.
 * @param label its name, asked for when it is told: the language may be what changed.
 * @param change does it; called with the value before to undo it.
 */
export async function saveValue<T>(
  key: string,
  label: () => string,
  [before, next]: [T, T],
  change: (value: T) => Promise<unknown>,
): Promise<boolean> {
  set(key, { state: 'saving' });
  try {
    await change(next);
  } catch (thrown) {
    set(key, { state: 'failed', problem: Problem.of(thrown) });
    return false;
  }
  const saved: Saved = { state: 'saved' };
  set(key, saved);
  setTimeout(() => states[key] === saved && set(key, undefined), SHOWN);
  const undo = () => void saveValue(key, label, [next, before], change);
  toast('ok', t('settings:saved', { name: label() }), { label: t('settings:undo'), run: undo });
  return true;
}

/** The name of a setting in people's words; of one nobody knows yet, its own. */
export function labelOf(key: string): string {
  const words = `settings:key.${key}.label`;
  return hasWords(words) ? t(words) : key;
}

/** Changes a setting of the engine. */
export function changeSetting(row: Pick<SettingRow, 'key' | 'value'>, value: string): Promise<boolean> {
  const change = (next: string) => call('change_setting', { key: row.key, value: next });
  return saveValue(row.key, () => labelOf(row.key), [row.value, value], change);
}
