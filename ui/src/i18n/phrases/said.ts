// What the agent says, in the window's language.
import { currentLanguage } from '../i18n.svelte';
import { phrasesOf } from './book';

/**
 * A sentence of the agent (an error, its hint, what a setting does, …) in the language in use; reactive like `t`. What
 * is not known stays as the agent said it. The command line, logs and files are English whatever the window speaks.
 */
export function said<Text extends string | null | undefined>(text: Text): Text;
export function said(text: string | null | undefined): string | null | undefined {
  return text ? (phrasesOf(currentLanguage())?.say(text) ?? text) : text;
}
