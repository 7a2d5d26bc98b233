import { expect, it } from 'vitest';

import { localeFor } from './i18n.svelte';

it('writes dates and numbers the way it is done where the person is', () => {
  expect(localeFor('en', ['en-GB', 'en-US'])).toBe('en-GB');
  expect(localeFor('de', ['en-US', 'de-AT'])).toBe('de-AT');
  expect(localeFor('en', ['de-DE', 'de']), 'English read in Germany').toBe('en-DE');
  expect(localeFor('en', ['zh-Hant-TW'])).toBe('en-TW');
  expect(localeFor('de', ['en']), 'no region is known').toBe('de');
});

it('gives locales that the system knows', () => {
  const written = new Intl.DateTimeFormat(localeFor('en', ['de-DE']), {
    dateStyle: 'short',
    timeZone: 'UTC',
  });
  expect(written.format(new Date('2026-11-21T12:00:00Z'))).toBe('21/11/2026');
});
