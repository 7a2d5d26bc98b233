// How a processflow stands, in words, icon and colour.
import type { Component } from 'svelte';
import CircleCheck from '@lucide/svelte/icons/circle-check';
import CircleDashed from '@lucide/svelte/icons/circle-dashed';
import CirclePause from '@lucide/svelte/icons/circle-pause';
import CircleX from '@lucide/svelte/icons/circle-x';
import Clock from '@lucide/svelte/icons/clock';
import FileX from '@lucide/svelte/icons/file-x';
import LoaderCircle from '@lucide/svelte/icons/loader-circle';
import PencilLine from '@lucide/svelte/icons/pencil-line';
import TriangleAlert from '@lucide/svelte/icons/triangle-alert';
import type { CheckOutcome, DeployingState, ProcessflowOverview } from '../../../api';
import type { Mark, Tone } from '../../../design/tones';
import { formatShortTime, said, t } from '../../../i18n';

/** A mark with its words. */
export interface Said {
  tone: Tone;
  icon: Component;
  spin?: boolean;
  words: string;
}

/** Its state: what a person would say when asked "is it running?". */
export function stateOf({ standing, deployed }: ProcessflowOverview): Said {
  switch (standing.state) {
    case 'file_broken':
      return { tone: 'bad', icon: FileX, words: t('processflows:state.broken') };
    case 'waiting':
      // A run that ended by a mistake of this program waits for nothing.
      return deployed?.last?.status === 'Failed'
        ? { tone: 'bad', icon: CircleX, words: t('processflows:state.failed') }
        : { tone: 'warn', icon: Clock, words: t('processflows:state.waiting') };
    case 'paused':
      return { tone: 'warn', icon: CirclePause, words: pausedWords(standing.until) };
    case 'running':
      return { tone: 'info', icon: LoaderCircle, spin: true, words: t('processflows:state.running') };
    case 'deployed':
      return { tone: 'ok', icon: CircleCheck, words: t('processflows:state.active') };
    case 'not_deployed':
      return { tone: 'neutral', icon: CircleDashed, words: t('processflows:state.notDeployed') };
  }
}

function pausedWords(until: string | null): string {
  if (!until) return t('processflows:state.paused');
  return t('processflows:state.pausedUntil', { at: formatShortTime(until) });
}

/** What stops it, with the way out; undefined when nothing does. */
export function troubleOf({
  standing,
}: ProcessflowOverview): { message: string; hint: string | null } | undefined {
  if (standing.state === 'waiting') return { message: said(standing.problem), hint: said(standing.hint) };
  if (standing.state === 'file_broken') return { message: said(standing.problem), hint: null };
  return undefined;
}

/** What it is: deployed, a draft, or both and how they differ. */
export function versionsOf({ deployed, draft, changed }: ProcessflowOverview): Said[] {
  const said: Said[] = [];
  if (deployed) {
    const words = t('processflows:deployedVersion', { version: deployed.version });
    said.push({ tone: 'info', icon: CircleCheck, words });
  }
  if (draft && !deployed) said.push({ tone: 'neutral', icon: PencilLine, words: t('processflows:draft') });
  if (draft && deployed && changed) {
    const words = t('processflows:draftDiffers', { version: deployed.version });
    said.push({ tone: 'warn', icon: PencilLine, words });
  }
  return said;
}

/** The marks of a deployment's states. */
export const DEPLOYING: Record<DeployingState, Mark> = {
  Pending: { tone: 'info', icon: LoaderCircle, spin: true },
  Successful: { tone: 'ok', icon: CircleCheck },
  Unsuccessful: { tone: 'bad', icon: CircleX },
};

/** The marks of single checks. */
export const CHECKS: Record<CheckOutcome, Mark> = {
  good: { tone: 'ok', icon: CircleCheck },
  odd: { tone: 'warn', icon: TriangleAlert },
  bad: { tone: 'bad', icon: CircleX },
};
