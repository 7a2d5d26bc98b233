// Places inside panels that are found by their name.
import { t } from '../i18n';
import { SECTIONS } from '../panels/settings/sections';
import { links } from './links';

/** Their words and addresses, in the language in use. */
export function places(): { words: string; href: string }[] {
  const settings = SECTIONS.map(({ name }) => ({
    words: `${t('shell:panel.settings')}: ${t(`settings:section.${name}`)}`,
    href: links.settings(name),
  }));
  return [...settings, { words: t('welcome:open'), href: links.welcome() }];
}
