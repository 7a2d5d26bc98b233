// Real records of the source beside the form, and what the file would make of the one that is looked at.
import {
  call,
  Problem,
  type Sample,
  type SampleRecord,
  type Tried,
  type TriedField,
  type TriedStep,
} from '../../../api';

let tickets = 0;

export class Samples {
  sample = $state.raw<Sample>();
  chosen = $state(0);
  reading = $state(false);
  problem = $state.raw<Problem>();
  /** What the file makes of the chosen record. While the file has mistakes: what it made of it before. */
  tried = $state.raw<Tried>();
  /** The file has mistakes now; `tried` is older. */
  stale = $state(false);

  #ticket: string | undefined;
  #newest = 0;

  get record(): SampleRecord | undefined {
    return this.sample?.records[this.chosen];
  }

  /** Reads records from the source. Nothing is written there. */
  async read(text: string, id: string, fresh: boolean): Promise<void> {
    const ticket = `editor-${Date.now()}-${++tickets}`;
    this.#ticket = ticket;
    this.reading = true;
    this.problem = undefined;
    try {
      const sample = await call('sample', { text, ticket, fresh, id: id.trim() || null });
      if (this.#ticket !== ticket) return;
      this.sample = sample;
      this.chosen = 0;
    } catch (thrown) {
      if (this.#ticket === ticket) this.problem = Problem.of(thrown);
    } finally {
      if (this.#ticket === ticket) this.reading = false;
    }
  }

  /** Ends the reading that is under way. */
  cancel(): void {
    const ticket = this.#ticket;
    this.#ticket = undefined;
    this.reading = false;
    if (ticket) void call('cancel_sample', { ticket }).catch(() => undefined);
  }

  /** Works out what a text makes of the chosen record. */
  async try(text: string): Promise<void> {
    const record = this.record?.body;
    const mine = ++this.#newest;
    if (record === undefined) {
      this.tried = undefined;
      return;
    }
    const tried = await call('try_mapping', { text, record }).catch(() => undefined);
    if (mine !== this.#newest || !tried) return;
    this.stale = tried.steps.length === 0 && tried.problems.length > 0;
    if (!this.stale) this.tried = tried;
  }

  /** What a step makes of it, by the step's number. */
  step(number: string): TriedStep | undefined {
    return this.tried?.steps.find(({ step }) => step === number);
  }

  /** A field of one of the rows that a step makes. */
  field(number: string, name: string, row: number): TriedField | undefined {
    const rows = this.step(number)?.rows ?? [];
    return (rows[row] ?? rows[0])?.find((field) => field.name === name);
  }
}
