// The sections of the settings, and which of the engine's settings stand in which.
import type { Component } from 'svelte';
import Archive from '@lucide/svelte/icons/archive';
import History from '@lucide/svelte/icons/history';
import Info from '@lucide/svelte/icons/info';
import KeyRound from '@lucide/svelte/icons/key-round';
import Network from '@lucide/svelte/icons/network';
import Palette from '@lucide/svelte/icons/palette';
import Power from '@lucide/svelte/icons/power';
import ScrollText from '@lucide/svelte/icons/scroll-text';
import Stethoscope from '@lucide/svelte/icons/stethoscope';
import type { SettingRow } from '../../api';

/** All sections, in order. Their words stand under `settings:section`, their addresses are `#/settings/NAME`. */
export const SECTIONS = [
  { name: 'environment', icon: Power },
  { name: 'runs', icon: History },
  { name: 'logs', icon: ScrollText },
  { name: 'diagnosis', icon: Stethoscope },
  { name: 'network', icon: Network },
  { name: 'secrets', icon: KeyRound },
  { name: 'cache', icon: Archive },
  { name: 'appearance', icon: Palette },
  { name: 'about', icon: Info },
] as const satisfies readonly { name: string; icon: Component }[];

/** A section's name. */
export type SectionName = (typeof SECTIONS)[number]['name'];

/** The section an address names; the first one when it names none. */
export function sectionOf(path: readonly string[]): SectionName | undefined {
  if (path.length === 0) return 'environment';
  return SECTIONS.find(({ name }) => name === path[0])?.name;
}

/** Settings that have a section of their own kind, and those that are the window's. */
const ELSEWHERE: Record<string, SectionName | ''> = {
  secrets: 'secrets',
  diagnosis: 'diagnosis',
  diagnosis_days: 'diagnosis',
};
const GROUPS: Record<string, SectionName | ''> = { network: 'network', logs: 'logs', desktop: '' };

/** Where a setting stands; one of a newer engine stands with the runs rather than nowhere. */
export function placeOf({ key, group }: Pick<SettingRow, 'key' | 'group'>): SectionName | '' {
  return ELSEWHERE[key] ?? GROUPS[group] ?? 'runs';
}
