// How a line of the log is written: its time, its fields, and the whole of it as text.
import type { Component } from 'svelte';
import Bug from '@lucide/svelte/icons/bug';
import CircleX from '@lucide/svelte/icons/circle-x';
import Footprints from '@lucide/svelte/icons/footprints';
import Info from '@lucide/svelte/icons/info';
import TriangleAlert from '@lucide/svelte/icons/triangle-alert';
import type { JsonValue, Line, LogLevel } from '../../api';
import type { Tone } from '../../design/tones';
import { timeFormat } from '../../i18n';

/** Icon and colour of each level. */
export const LEVEL_MARKS: Record<LogLevel, { tone: Tone; icon: Component }> = {
  error: { tone: 'bad', icon: CircleX },
  warn: { tone: 'warn', icon: TriangleAlert },
  info: { tone: 'neutral', icon: Info },
  debug: { tone: 'neutral', icon: Bug },
  trace: { tone: 'neutral', icon: Footprints },
};

const OWN = new Set(['time', 'level', 'run', 'processflow', 'target', 'message']);

const FORMS = {
  time: {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    hourCycle: 'h23',
  },
  day: { dateStyle: 'medium' },
  short: { day: '2-digit', month: 'short' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

/** `09:41:07.312` on this machine's clock. */
export function timeOf(at: string): string {
  return timeFormat(FORMS.time).format(new Date(at));
}

/** `21 Nov`: which day, short enough for every line. */
export function shortDayOf(at: string): string {
  return timeFormat(FORMS.short).format(new Date(at));
}

/** `21 Nov 2026` */
export function dayOf(at: string): string {
  return timeFormat(FORMS.day).format(new Date(at));
}

/** What a line carries besides its sentence. */
export function fieldsOf(line: Line): [string, string][] {
  return Object.entries(line as Record<string, JsonValue | undefined>)
    .filter(([name, value]) => !OWN.has(name) && value !== null && value !== undefined)
    .map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]);
}

/** A line as text, for other programs and for mails. */
export function textOf(line: Line): string {
  const fields = fieldsOf(line).map(([name, value]) => ` ${name}=${value}`);
  const flow = line.processflow ? `${line.processflow}: ` : '';
  return `${line.time} ${line.level.padEnd(5)} ${flow}${line.message}${fields.join('')}`;
}
