// What is typed in a field of the form, on its way into the text. Typing is never held up, and never overwritten.
import { Problem, type Edit, type JsonValue } from '../../../api';
import type { OpenProcessflow } from './document.svelte';
import type { Path } from './place';

/** A change that puts a value at a place. */
export function set(path: Path, value: JsonValue): Edit {
  return { path: [...path], change: { set: value } };
}

/** A change that takes a part out of the file. */
export function remove(path: Path): Edit {
  return { path: [...path], change: 'remove' };
}

/** Puts a value at a place, or takes the part out when there is none; nothing to do when it was not there. */
export function setOrRemove(path: Path, there: boolean, value: JsonValue | undefined): Edit[] {
  if (value !== undefined) return [set(path, value)];
  return there ? [remove(path)] : [];
}

export class Typing {
  /** What was typed and is not in the text yet. */
  typed = $state<string>();
  /** Why it cannot get there. */
  refused = $state.raw<Problem>();
  #sending = false;

  constructor(
    readonly flow: OpenProcessflow,
    /** As the file says it. */
    readonly written: () => string,
    /** The changes that make the file say what was typed; it may throw. */
    readonly edits: (text: string) => Edit[],
  ) {}

  get value(): string {
    return this.typed ?? this.written();
  }

  set value(text: string) {
    if (text === this.value) return;
    this.typed = text;
    if (!this.#sending) this.flow.waitFor(this.#send());
  }

  async #send(): Promise<void> {
    this.#sending = true;
    while (this.typed !== undefined) {
      const text: string = this.typed;
      this.refused = await this.#one(text);
      if (this.typed !== text) continue;
      if (!this.refused) this.typed = undefined;
      break;
    }
    this.#sending = false;
  }

  async #one(text: string): Promise<Problem | undefined> {
    try {
      return await this.flow.edit(this.edits(text), true);
    } catch (thrown) {
      return new Problem('config', thrown instanceof Error ? thrown.message : String(thrown));
    }
  }
}
