import type { Component } from 'svelte';
import CircleCheck from '@lucide/svelte/icons/circle-check';
import CircleDashed from '@lucide/svelte/icons/circle-dashed';
import CirclePause from '@lucide/svelte/icons/circle-pause';
import CircleSlash from '@lucide/svelte/icons/circle-slash';
import type { ServiceState } from '../../api';
import type { Tone } from '../../design/tones';

/** Icon and colour of each state of the background service. */
export const SERVICE_MARKS: Record<ServiceState['state'], { tone: Tone; icon: Component }> = {
  running: { tone: 'ok', icon: CircleCheck },
  stopped: { tone: 'warn', icon: CirclePause },
  absent: { tone: 'neutral', icon: CircleDashed },
  unsupported: { tone: 'neutral', icon: CircleSlash },
};
