/** What the engine does about a problem; `unavailable` may say how long to wait. */
export type ProblemKind = 'config' | 'unavailable' | 'rejected' | 'bug';

/** A problem of the engine, as its sentence, what it means, and the way out. */
export class Problem extends Error {
  readonly kind: ProblemKind;
  /** The one next step, where there is one. */
  readonly hint: string | null;
  /** Milliseconds the other side asked us to wait. */
  readonly retryAfter: number | null;
  /** What lay underneath, for the one who clicks on it. */
  readonly raw: string | null;

  constructor(
    kind: ProblemKind,
    message: string,
    more: Partial<Pick<Problem, 'hint' | 'retryAfter' | 'raw'>> = {},
  ) {
    super(message);
    this.name = 'Problem';
    this.kind = kind;
    this.hint = more.hint ?? null;
    this.retryAfter = more.retryAfter ?? null;
    this.raw = more.raw ?? null;
  }

  /** Reads whatever was thrown: the engine's object, another error, or text. */
  static of(thrown: unknown): Problem {
    if (thrown instanceof Problem) return thrown;
    if (isRecord(thrown) && typeof thrown.message === 'string' && !(thrown instanceof Error)) {
      const { kind, retryAfter } = kindOf(thrown.kind);
      const raw = typeof thrown.raw === 'string' ? thrown.raw : null;
      const hint = typeof thrown.hint === 'string' ? thrown.hint : null;
      return new Problem(kind, thrown.message, { hint, retryAfter, raw });
    }
    return new Problem('bug', thrown instanceof Error ? thrown.message : String(thrown));
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** `"config"`, or `{"unavailable": {"retry_after": {"secs": 14, "nanos": 0}}}`. */
function kindOf(kind: unknown): { kind: ProblemKind; retryAfter: number | null } {
  if (kind === 'config' || kind === 'rejected' || kind === 'bug') return { kind, retryAfter: null };
  if (!isRecord(kind) || !isRecord(kind.unavailable)) {
    return { kind: kind === 'unavailable' ? 'unavailable' : 'bug', retryAfter: null };
  }
  const wait = kind.unavailable.retry_after;
  const seconds = isRecord(wait) && typeof wait.secs === 'number' ? wait.secs * 1000 : null;
  return { kind: 'unavailable', retryAfter: seconds };
}
