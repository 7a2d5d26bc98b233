import { Problem } from '../../api';
import { resync, type Chosen, type Sent } from './retry';

/** One resync that a person asked for. */
export interface Job {
  id: number;
  /** How many records it was asked for. */
  count: number;
  sent: Sent | undefined;
  problem: Problem | undefined;
}

/** The resyncs of a page, newest first. They go on when the page is left: the runs are the agent's. */
export class Resyncs {
  #last = 0;
  #jobs = $state.raw<readonly Job[]>([]);

  get all(): readonly Job[] {
    return this.#jobs;
  }

  /** One is under way. */
  get busy(): boolean {
    return this.#jobs.some(({ sent, problem }) => !problem && !sent?.ended);
  }

  forget(id: number): void {
    this.#jobs = this.#jobs.filter((job) => job.id !== id);
  }

  /** Sends records again; ends when it is known what became of them. */
  async send(what: Chosen, count: number): Promise<void> {
    const id = ++this.#last;
    this.#jobs = [{ id, count, sent: undefined, problem: undefined }, ...this.#jobs].slice(0, 4);
    try {
      await resync(what, (sent) => this.#change(id, { sent }));
    } catch (thrown) {
      this.#change(id, { problem: Problem.of(thrown) });
    }
  }

  #change(id: number, change: Partial<Job>): void {
    this.#jobs = this.#jobs.map((job) => (job.id === id ? { ...job, ...change } : job));
  }
}
