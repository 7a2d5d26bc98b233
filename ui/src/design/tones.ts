import type { Component } from 'svelte';
import Ban from '@lucide/svelte/icons/ban';
import CircleAlert from '@lucide/svelte/icons/circle-alert';
import CircleCheck from '@lucide/svelte/icons/circle-check';
import CircleDashed from '@lucide/svelte/icons/circle-dashed';
import CircleHelp from '@lucide/svelte/icons/circle-question-mark';
import CirclePause from '@lucide/svelte/icons/circle-pause';
import CircleSlash from '@lucide/svelte/icons/circle-slash';
import CircleX from '@lucide/svelte/icons/circle-x';
import Clock from '@lucide/svelte/icons/clock';
import LoaderCircle from '@lucide/svelte/icons/loader-circle';
import PencilLine from '@lucide/svelte/icons/pencil-line';
import TriangleAlert from '@lucide/svelte/icons/triangle-alert';
import Unplug from '@lucide/svelte/icons/unplug';

/** What a colour says. Never alone: an icon and a word say the same. */
export type Tone = 'neutral' | 'ok' | 'info' | 'warn' | 'bad';

/** Icon and colour of one state. */
export interface Mark {
  tone: Tone;
  icon: Component;
  /** The icon turns: it is under way. */
  spin?: boolean;
}

/** The kinds of states that `State` shows; their words stand in common.json under the kind. */
export const MARKS = {
  runStatus: {
    Running: { tone: 'info', icon: LoaderCircle, spin: true },
    Successful: { tone: 'ok', icon: CircleCheck },
    'Finished with problems': { tone: 'warn', icon: TriangleAlert },
    Failed: { tone: 'bad', icon: CircleX },
    Cancelled: { tone: 'neutral', icon: Ban },
    Interrupted: { tone: 'warn', icon: Unplug },
    Waiting: { tone: 'warn', icon: Clock },
  },
  outcome: {
    Success: { tone: 'ok', icon: CircleCheck },
    Failed: { tone: 'bad', icon: CircleX },
    Skipped: { tone: 'neutral', icon: CircleSlash },
    Unprocessed: { tone: 'info', icon: CircleDashed },
  },
  flowState: {
    active: { tone: 'ok', icon: CircleCheck },
    paused: { tone: 'warn', icon: CirclePause },
    undeployed: { tone: 'neutral', icon: CircleSlash },
    draft: { tone: 'neutral', icon: PencilLine },
  },
  connectionState: {
    ok: { tone: 'ok', icon: CircleCheck },
    unchecked: { tone: 'neutral', icon: CircleDashed },
    failed: { tone: 'bad', icon: CircleAlert },
    unknown: { tone: 'warn', icon: CircleHelp },
    checking: { tone: 'info', icon: LoaderCircle, spin: true },
  },
} satisfies Record<string, Record<string, Mark>>;

/** A kind of state. */
export type StateKind = keyof typeof MARKS;
