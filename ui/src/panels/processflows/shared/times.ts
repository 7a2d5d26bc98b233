import { timeFormat } from '../../../i18n';

/** The offset a time was given with, in minutes. */
function offsetOf(at: string): number {
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)$/.exec(at) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0));
}

/** `Mon, 23 Nov, 06:00`: a time as the clock of its own zone shows it, with the zone where it is not this machine's. */
export function nextWords(at: string): string {
  const instant = new Date(at);
  const offset = offsetOf(at);
  // The wall clock of that zone, written as if it were UTC's.
  const wall = new Date(instant.getTime() + offset * 60_000);
  const words = timeFormat({
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: 'UTC',
  }).format(wall);
  const elsewhere = offset !== -instant.getTimezoneOffset();
  return elsewhere ? `${words} (${zoneWords(offset)})` : words;
}

function zoneWords(offset: number): string {
  const part = (minutes: number) => String(minutes).padStart(2, '0');
  const size = Math.abs(offset);
  return `UTC${offset < 0 ? '−' : '+'}${part(Math.floor(size / 60))}:${part(size % 60)}`;
}
