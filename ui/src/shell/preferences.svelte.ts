// How this window looks: kept by the window, not by the agent, so that the first picture is the right one.
import { call } from '../api';
import { inWindow } from '../api/transport';
import { chooseTheme, type ThemeChoice } from '../design/theme.svelte';
import { changeLanguage, LANGUAGES, type LanguageChoice } from '../i18n/i18n.svelte';

/** What a person set for this window. */
export interface Preferences {
  theme: ThemeChoice;
  language: LanguageChoice;
  /** The navigation shows icons alone; null follows the width of the window. */
  narrow: boolean | null;
}

const KEY = 'processflow.preferences';
const USUAL: Preferences = { theme: 'system', language: 'system', narrow: null };

let kept = $state<Preferences>({ ...USUAL });

function read(): Preferences {
  try {
    const { theme, language, narrow } = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Preferences>;
    return {
      theme: theme === 'light' || theme === 'dark' ? theme : USUAL.theme,
      language: LANGUAGES.find((known) => known === language) ?? USUAL.language,
      narrow: typeof narrow === 'boolean' ? narrow : null,
    };
  } catch {
    return { ...USUAL };
  }
}

/** Reads what was kept; called once, before anything is drawn. */
export function startPreferences(): Preferences {
  kept = read();
  return kept;
}

/** What is set now. */
export function preferences(): Readonly<Preferences> {
  return kept;
}

/** Sets, keeps, and acts on it at once; done when all of it is as wished. */
export async function prefer(change: Partial<Preferences>): Promise<void> {
  kept = { ...kept, ...change };
  localStorage.setItem(KEY, JSON.stringify(kept));
  if (change.theme) chooseTheme(change.theme);
  if (change.language) await changeLanguage(change.language);
  if (inWindow()) await tellWindow(change);
}

/** Tray, notifications and native dialogs follow. They may not: what the page shows does not depend on it. */
async function tellWindow({ theme, language }: Partial<Preferences>): Promise<void> {
  try {
    if (theme) await call('window.set', { key: 'theme', value: theme });
    if (language)
      await call('window.set', { key: 'language', value: language === 'system' ? null : language });
  } catch {
    // Kept here all the same.
  }
}
