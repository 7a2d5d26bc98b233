import { expect, test } from 'vitest';
import { mendSystemLanguage } from './system-language';

function speaking(language: string, languages: string[]): Navigator {
  return { language, languages } as unknown as Navigator;
}

test('a server without a language speaks English', () => {
  const system = speaking('C', ['C']);
  mendSystemLanguage(system);
  expect([system.language, system.languages]).toEqual(['en', ['en']]);
  expect(() => new Intl.NumberFormat(system.language)).not.toThrow();
});

test('what is a language stays', () => {
  const system = speaking('C', ['C', 'de-AT']);
  mendSystemLanguage(system);
  expect([system.language, system.languages]).toEqual(['de-AT', ['de-AT']]);
  const well = speaking('en-GB', ['en-GB', 'fr']);
  mendSystemLanguage(well);
  expect([well.language, well.languages]).toEqual(['en-GB', ['en-GB', 'fr']]);
});
