// The filter of the log as it stands in the address, and as the engine wants it.
import type { Filter, LogLevel } from '../../api';
import { link } from '../../shell/router.svelte';

/** Which lines a person wants to see. */
export interface Wanted {
  level: LogLevel | '';
  processflow: string;
  run: string;
  text: string;
  /** A period that ends now, one of LASTS; or empty. */
  last: string;
  /** Local times as a field writes them, `2026-11-21T09:30`; a period of one's own. */
  from: string;
  to: string;
}

/** Periods that end now, in milliseconds. */
export const LASTS: Record<string, number> = {
  '15m': 900_000,
  '1h': 3_600_000,
  '24h': 86_400_000,
  '7d': 604_800_000,
};

const LEVELS: readonly string[] = ['error', 'warn', 'info', 'debug', 'trace'];

/** Reads the address. */
export function wantedFrom(query: URLSearchParams): Wanted {
  const get = (name: string) => query.get(name) ?? '';
  const level = get('level');
  return {
    level: LEVELS.includes(level) ? (level as LogLevel) : '',
    processflow: get('processflow'),
    run: get('run'),
    text: get('text'),
    last: get('last') in LASTS ? get('last') : '',
    from: instant(get('from')) ? get('from') : '',
    to: instant(get('to')) ? get('to') : '',
  };
}

/** The address of a filter. */
export function addressOf(wanted: Wanted): string {
  return link('logs', { ...wanted });
}

function instant(local: string): string | null {
  const at = local ? new Date(local) : undefined;
  return at && !Number.isNaN(at.getTime()) ? at.toISOString() : null;
}

/** What the engine is asked for. */
export function filterOf(wanted: Wanted, now = Date.now()): Filter {
  const last = LASTS[wanted.last];
  return {
    level: wanted.level || null,
    processflow: wanted.processflow || null,
    run: wanted.run.trim() || null,
    text: wanted.text.trim() || null,
    since: last ? new Date(now - last).toISOString() : instant(wanted.from),
    until: last ? null : instant(wanted.to),
  };
}

/** Whether anything is left out. */
export function isFiltered(wanted: Wanted): boolean {
  return Object.values(wanted).some((value) => value !== '');
}

/** Nothing is left out. */
export const ALL: Wanted = { level: '', processflow: '', run: '', text: '', last: '', from: '', to: '' };
