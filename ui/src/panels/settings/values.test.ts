import { expect, it } from 'vitest';

import { placeOf, sectionOf } from './sections';
import { asPem, commonName, diagnosedFrom, proxyChoice, wrongValue } from './values';

const days = { kind: 'number', choices: [], least: 1, most: 3650 };

it('tells at the field what a number may be', () => {
  expect(wrongValue(days, '30')).toBeUndefined();
  for (const text of ['0', '3651', '', '-5', '1.5', 'many', '1e3']) {
    expect(wrongValue(days, text), text).toMatchObject({ gaps: { least: 1, most: 3650 } });
  }
  expect(wrongValue({ ...days, kind: 'zone' }, 'Mars'), 'the engine knows the zones').toBeUndefined();
});

it('reads which processflows are in diagnosis mode', () => {
  expect(diagnosedFrom('')).toEqual([]);
  expect(diagnosedFrom('orders until 2026-11-21T12:00:00Z, stock until 2026-11-22T12:00:00Z')).toEqual([
    { processflow: 'orders', until: '2026-11-21T12:00:00Z' },
    { processflow: 'stock', until: '2026-11-22T12:00:00Z' },
  ]);
});

it('takes certificates in letters and in bytes', () => {
  const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
  expect(asPem(new TextEncoder().encode(pem))).toBe(pem);
  expect(asPem(new Uint8Array([0x30, 0x82, 0x01, 0xff]))).toBe(
    '-----BEGIN CERTIFICATE-----\nMIIB/w==\n-----END CERTIFICATE-----\n',
  );
});

it('calls a certificate by its name', () => {
  expect(commonName('CN=Contoso Inspection CA, O=Contoso Inc.')).toBe('Contoso Inspection CA');
  expect(commonName('C=DE, O=Firma, CN=Firma Root')).toBe('Firma Root');
  expect(commonName('O=Nameless')).toBe('O=Nameless');
});

it('has a place for every setting, also for one it does not know', () => {
  expect(placeOf({ key: 'log_level', group: 'logs' })).toBe('logs');
  expect(placeOf({ key: 'diagnosis_days', group: 'logs' })).toBe('diagnosis');
  expect(placeOf({ key: 'tea_time', group: 'kitchen' })).toBe('runs');
  expect(placeOf({ key: 'theme', group: 'desktop' }), 'the window’s own').toBe('');
});

it('finds a section by its address', () => {
  expect(sectionOf([])).toBe('environment');
  expect(sectionOf(['cache'])).toBe('cache');
  expect(sectionOf(['nowhere'])).toBeUndefined();
  expect(proxyChoice('http://proxy:3128')).toBe('address');
});
