// What the parts of the form share.
import { getContext, setContext } from 'svelte';
import type { ActionRow } from '../../../api';
import type { OpenProcessflow } from './document.svelte';
import type { Samples } from './sample.svelte';

/** A field that takes what is chosen in the record's tree. */
export interface Taker {
  insert: (text: string) => void;
}

export class Workbench {
  actions = $state.raw<ActionRow[]>([]);
  /** The expression that was edited last. */
  taker = $state.raw<Taker>();
  /** The step that is looked at, from 0. */
  step = $state<number>();

  constructor(
    readonly flow: OpenProcessflow,
    readonly samples: Samples,
  ) {}

  /** The action behind an alias's connector. */
  actionOf(connector: string | undefined, action: string): ActionRow | undefined {
    return this.actions.find((one) => one.connector === connector && one.action === action);
  }

  /** The connector behind an alias of the file. */
  connectorOf(alias: string): string | undefined {
    return this.flow.form?.connections.find(({ name }) => name === alias)?.value ?? undefined;
  }
}

const KEY = Symbol('workbench');
export const provideWorkbench = (bench: Workbench): Workbench => setContext(KEY, bench);
export const useWorkbench = (): Workbench => getContext<Workbench>(KEY);
