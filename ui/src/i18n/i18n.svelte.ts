// Words. `t` is reactive: a component that used it is drawn again when the language changes.
import i18next, { type TOptions } from 'i18next';

import { loadPhrases } from './phrases/book';

/** The languages there are, each a folder beside this file. */
export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];
/** What a person chose: a language, or the system's. */
export type LanguageChoice = Language | 'system';

const files = import.meta.glob<Record<string, unknown>>('./*/*.json', { eager: true, import: 'default' });

let language = $state<Language>('en');

/** `{ en: { shell: {…}, connections: {…} }, de: … }` from the files beside this one. */
export function resources(): Record<string, Record<string, Record<string, unknown>>> {
  const all: Record<string, Record<string, Record<string, unknown>>> = {};
  for (const [path, words] of Object.entries(files)) {
    const [, lang, name] = /^\.\/(\w+)\/(\w+)\.json$/.exec(path) ?? [];
    if (lang && name) (all[lang] ??= {})[name] = words;
  }
  return all;
}

/** The language that fits what was chosen, or what the system speaks. */
export function resolveLanguage(choice: LanguageChoice): Language {
  if (choice !== 'system') return choice;
  const wanted = navigator.languages.map((tag) => tag.slice(0, 2));
  return wanted.find((tag): tag is Language => LANGUAGES.some((known) => known === tag)) ?? 'en';
}

/** Loads all words; called once before anything is drawn. */
export async function startI18n(choice: LanguageChoice): Promise<void> {
  await i18next.init({
    lng: resolveLanguage(choice),
    fallbackLng: 'en',
    resources: resources(),
    defaultNS: 'common',
    interpolation: { escapeValue: false },
  });
  await changeLanguage(choice);
}

/** Changes the language of everything that is drawn. */
export async function changeLanguage(choice: LanguageChoice): Promise<void> {
  const next = resolveLanguage(choice);
  await Promise.all([i18next.changeLanguage(next), loadPhrases(next)]);
  document.documentElement.lang = next;
  language = next;
}

/** The language in use. */
export function currentLanguage(): Language {
  return language;
}

/**
 * How dates and numbers are written: in the language in use, the way it is done where this person is. Whoever reads
 * English in Germany gets English words and German figures.
 */
export function currentLocale(): string {
  return localeFor(language, navigator.languages);
}

/** The locale for a language, by what the system speaks; the language alone when the system names no region. */
export function localeFor(wanted: Language, spoken: readonly string[]): string {
  const same = spoken.find((tag) => tag.slice(0, 2) === wanted && tag.length > 2);
  if (same) return same;
  const region = spoken
    .map((tag) => /^[a-z]{2,3}(?:-[A-Z][a-z]{3})?-([A-Z]{2})\b/.exec(tag)?.[1])
    .find(Boolean);
  return region ? `${wanted}-${region}` : wanted;
}

/** The words behind `file:key`; `count` chooses the plural form, other options fill `{{gaps}}`. */
export function t(key: string, options: TOptions = {}): string {
  return i18next.t(key, { ...options, lng: language });
}

/** Whether there are words behind a key: for keys made from data that may be newer than this page. */
export function hasWords(key: string): boolean {
  return i18next.exists(key, { lng: language });
}
