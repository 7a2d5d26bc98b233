export * from './format';
export {
  LANGUAGES,
  changeLanguage,
  currentLanguage,
  hasWords,
  startI18n,
  t,
  type Language,
  type LanguageChoice,
} from './i18n.svelte';
