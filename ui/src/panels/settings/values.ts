// What settings take, checked before anybody is asked.
import type { SettingRow } from '../../api';

/** Why a text is no value of a setting: the key of the words, with what fills them; nothing when it is one. */
export function wrongValue(
  row: Pick<SettingRow, 'kind' | 'choices' | 'least' | 'most'>,
  text: string,
): { key: string; gaps: Record<string, number> } | undefined {
  if (row.kind !== 'number') return undefined;
  const least = row.least ?? 0;
  const most = row.most ?? Number.MAX_SAFE_INTEGER;
  const number = Number(text);
  const fits = /^\d+$/.test(text.trim()) && number >= least && number <= most;
  return fits ? undefined : { key: 'settings:wrong.number', gaps: { least, most } };
}

/** A processflow in diagnosis mode. */
export interface Diagnosed {
  processflow: string;
  until: string;
}

/** Reads the setting `diagnosis`: `NAME until 2026-11-21T12:00:00Z`, several with commas between. */
export function diagnosedFrom(value: string): Diagnosed[] {
  return value
    .split(',')
    .map((part) => /^\s*(\S+)\s+until\s+(\S+)\s*$/.exec(part))
    .flatMap((match) => (match?.[1] && match[2] ? [{ processflow: match[1], until: match[2] }] : []));
}

/** How a proxy is chosen. */
export type ProxyChoice = 'system' | 'none' | 'address';

/** The choice a proxy's setting stands for. */
export function proxyChoice(value: string): ProxyChoice {
  return value === 'system' || value === 'none' ? value : 'address';
}

/** What a person calls whoever a certificate names: `Contoso CA` of `CN=Contoso CA, O=Contoso`; else all of it. */
export function commonName(distinguished: string): string {
  return /(?:^|,\s*)CN=((?:\\.|[^,\\])+)/i.exec(distinguished)?.[1]?.trim() ?? distinguished;
}

/** A certificate's file as PEM text: binary ones (DER) are written out in letters. */
export function asPem(bytes: Uint8Array): string {
  const text = new TextDecoder('utf-8').decode(bytes);
  if (text.includes('-----BEGIN')) return text;
  const letters = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  const lines = letters.match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
