// Sentences of the agent in another language. The English sentence is the key; what differs from one time to the next
// is a gap, `{}`. A sentence is looked up whole, then as one with gaps, then in pieces: what was being done stands before
// a colon, and sentences follow each other.
import { canMatch, filled, hasGap, letters, pattern, unbraced, type Pattern } from './pattern.ts';

/** English sentence to the other one; gaps are `{}` in the same order, or `{2}`, `{1}` in another. `{{` is a brace. */
export type Phrases = Readonly<Record<string, string>>;

/** What came out, and how many letters of the English were understood. */
interface Told {
  text: string;
  known: number;
}

/** A sentence in a sentence in a sentence: deeper is none. */
const DEEPEST = 5;
const CUT = /: |[.?!] |\n/g;
const MOST_REMEMBERED = 4000;

/** The phrases of one language, ready to be asked. */
export class Phrasebook {
  readonly #whole = new Map<string, string>();
  /** By the first word, where the phrase begins with one; under `''` those that begin with a gap or a sign. */
  readonly #patterns = new Map<string, Pattern[]>();
  readonly #remembered = new Map<string, Told>();

  constructor(phrases: Phrases) {
    for (const [english, other] of Object.entries(phrases)) {
      if (!hasGap(english)) {
        this.#whole.set(unbraced(english), unbraced(other));
        continue;
      }
      const first = firstWord(english);
      const there = this.#patterns.get(first) ?? [];
      there.push(pattern(english, other));
      this.#patterns.set(first, there);
    }
    // Of two that understand as much, the one with less in its gaps says it better.
    for (const there of this.#patterns.values()) there.sort((one, other) => other.known - one.known);
  }

  /** The sentence in the other language; what is not known of it stays as it is. */
  say(text: string): string {
    return this.#told(text, 0).text;
  }

  #told(text: string, depth: number): Told {
    const sentence = text.trim();
    if (sentence === '') return { text, known: 0 };
    const key = `${depth} ${sentence}`;
    let told = this.#remembered.get(key);
    if (!told) {
      told = this.#best(sentence, depth);
      if (this.#remembered.size > MOST_REMEMBERED) this.#remembered.clear();
      this.#remembered.set(key, told);
    }
    const start = text.indexOf(sentence);
    const around = text.slice(0, start) + told.text + text.slice(start + sentence.length);
    return { text: around, known: told.known };
  }

  /** The way to understand it that leaves the least in English. */
  #best(text: string, depth: number): Told {
    const whole = this.#whole.get(text.replace(/\s+/g, ' '));
    if (whole !== undefined) return { text: whole, known: letters(text) };
    let best: Told = { text, known: 0 };
    if (depth >= DEEPEST) return best;
    const look = (told: Told | undefined) => {
      if (told && told.known > best.known) best = told;
    };
    for (const one of this.#fitting(text)) {
      if (depth > 0 || !one.weak) look(this.#matched(one, text, depth + 1));
    }
    for (const cut of text.matchAll(CUT)) look(this.#cut(text, cut[0], cut.index, depth + 1));
    return best;
  }

  *#fitting(text: string): Iterable<Pattern> {
    for (const first of new Set([firstWord(text), ''])) {
      for (const one of this.#patterns.get(first) ?? []) if (canMatch(one, text)) yield one;
    }
  }

  /** A full stop belongs to what it ends, a colon and a line's end to nobody. */
  #cut(text: string, cut: string, at: number, depth: number): Told {
    const end = at + (/^[.?!]/.test(cut) ? 1 : 0);
    const left = this.#told(text.slice(0, end), depth);
    const right = this.#told(text.slice(at + cut.length), depth);
    return {
      text: left.text + text.slice(end, at + cut.length) + right.text,
      known: left.known + right.known,
    };
  }

  #matched(one: Pattern, text: string, depth: number): Told | undefined {
    const found = one.match.exec(text);
    if (!found) return undefined;
    const values = one.groups.flatMap(({ gaps, between, quoted }, nth) => {
      const value = found[nth + 1] ?? '';
      return quoted ? [this.#quoted(value)] : this.#dealt(value, gaps, between, depth);
    });
    return {
      text: filled(
        one.other,
        values.map((value) => value.text),
      ),
      known: one.known + sum(values),
    };
  }

  /** A name is never translated; what the agent itself calls something in several words is. */
  #quoted(value: string): Told {
    const whole = value.includes(' ') ? this.#whole.get(value) : undefined;
    return { text: whole ?? value, known: whole === undefined ? 0 : letters(value) };
  }

  /** Where gap follows gap, the words are dealt out so that the most is understood. */
  #dealt(value: string, gaps: number, between: string, depth: number): Told[] {
    if (gaps === 1) return [this.#told(value, depth)];
    let best: Told[] | undefined;
    for (const [left, right] of halves(value, between)) {
      const parts = [this.#told(left, depth), ...this.#dealt(right, gaps - 1, between, depth)];
      if (!best || sum(parts) > sum(best)) best = parts;
    }
    return best ?? [{ text: value, known: 0 }, ...Array<Told>(gaps - 1).fill({ text: '', known: 0 })];
  }
}

const sum = (parts: readonly Told[]) => parts.reduce((all, part) => all + part.known, 0);

function* halves(value: string, between: string): Iterable<[string, string]> {
  if (between === '') yield ['', value];
  for (let at = value.indexOf(' '); at >= 0; at = value.indexOf(' ', at + 1)) {
    yield [value.slice(0, between === '' ? at + 1 : at), value.slice(at + 1)];
  }
  if (between === '') yield [value, ''];
}

const firstWord = (text: string) => /^[\p{L}\p{N}'’-]+(?=[ ,.:;]|$)/u.exec(text)?.[0] ?? '';
