// What the parts of the form share.
import { getContext, setContext } from 'svelte';
import { call, type ActionRow } from '../../../api';
import type { OpenProcessflow } from './document.svelte';
import type { StepPlace } from './place';
import type { Samples } from './sample.svelte';

/** A field that takes what is chosen in the record's tree. */
export interface Taker {
  insert: (text: string) => void;
}

export class Workbench {
  actions = $state.raw<ActionRow[]>([]);
  /** Actions of steps that no list has: a system's whole API is there for search alone. */
  #found = $state.raw<ActionRow[]>([]);
  readonly #asked = new Set<string>();
  /** The expression that was edited last. */
  taker = $state.raw<Taker>();
  /** The step that is looked at. */
  step = $state.raw<StepPlace>();

  constructor(
    readonly flow: OpenProcessflow,
    readonly samples: Samples,
  ) {}

  /** The action behind an alias's connector. */
  actionOf(connector: string | undefined, action: string): ActionRow | undefined {
    const is = (one: ActionRow) => one.connector === connector && one.action === action;
    return this.actions.find(is) ?? this.#found.find(is);
  }

  /** Asks for an action that the list does not have; once, for it does not change while the program runs. */
  async learn(connector: string, action: string): Promise<void> {
    const name = `${connector}/${action}`;
    if (this.actions.length === 0 || this.actionOf(connector, action) || this.#asked.has(name)) return;
    this.#asked.add(name);
    try {
      const rows = await call('actions', { connector, search: name });
      this.#found = [...this.#found, ...rows.filter((row) => row.action === action)];
    } catch {
      this.#asked.delete(name);
    }
  }

  /** The connector behind an alias of the file. */
  connectorOf(alias: string): string | undefined {
    return this.flow.form?.connections.find(({ name }) => name === alias)?.value ?? undefined;
  }
}

const KEY = Symbol('workbench');
export const provideWorkbench = (bench: Workbench): Workbench => setContext(KEY, bench);
export const useWorkbench = (): Workbench => getContext<Workbench>(KEY);
