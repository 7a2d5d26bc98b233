export * from './format';
export * from './intl';
export {
  LANGUAGES,
  changeLanguage,
  currentLanguage,
  currentLocale,
  hasWords,
  startI18n,
  t,
  type Language,
  type LanguageChoice,
} from './i18n.svelte';
export { said } from './phrases/said';
