// What the system speaks, where it says so in no language at all.

/** Whether this is a tag that dates and numbers can be written by. */
function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length > 0;
  } catch {
    return false;
  }
}

/**
 * Servers often run in the locale `C`, and the webview passes that on as the language `C`, which is none: whoever
 * formats a number by it fails, libraries among them. Such tags are left out, and English is what remains.
 * To be called before anything else is loaded.
 */
export function mendSystemLanguage(system: Navigator = navigator): void {
  if (isLanguage(system.language) && system.languages.every(isLanguage)) return;
  const languages = [...system.languages, system.language].filter(isLanguage);
  if (languages.length === 0) languages.push('en');
  Object.defineProperty(system, 'languages', { value: Object.freeze(languages), configurable: true });
  Object.defineProperty(system, 'language', { value: languages[0], configurable: true });
}
