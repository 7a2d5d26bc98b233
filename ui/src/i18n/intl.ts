// Intl's formatters, each made once and kept. One is large, and its size is hidden from the page's memory collector: made
// anew for every figure of a run, they fill the memory long before anything is collected.
import { currentLocale } from './i18n.svelte';

const made = new Map<string, unknown>();

function kept<Options extends object, Made>(
  Format: new (locale: string, options: Options) => Made,
  options: Options,
  locale = currentLocale(),
): Made {
  const key = `${Format.name} ${locale} ${JSON.stringify(options)}`;
  const found = (made.get(key) as Made | undefined) ?? new Format(locale, options);
  made.set(key, found);
  return found;
}

/** How numbers are written here. */
export const numberFormat = (options: Intl.NumberFormatOptions = {}) => kept(Intl.NumberFormat, options);

/** How times are written here; in another locale where it is named. */
export const timeFormat = (options: Intl.DateTimeFormatOptions, locale?: string) =>
  kept(Intl.DateTimeFormat, options, locale);

/** How distances in time are written here. */
export const relativeFormat = (options: Intl.RelativeTimeFormatOptions) =>
  kept(Intl.RelativeTimeFormat, options);

/** How lists are written in a language. */
export const listFormat = (options: Intl.ListFormatOptions, locale: string) =>
  kept(Intl.ListFormat, options, locale);
