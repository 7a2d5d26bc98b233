// What of a Rust source is no part of the program: tests, and attributes.
import type { Token } from './lexer.ts';

const CLOSING: Record<string, string> = { '(': ')', '[': ']', '{': '}' };

/** The place behind the bracket that closes the one at `open`. */
export function behind(all: readonly Token[], open: number): number {
  const close = CLOSING[all[open]?.value ?? ''];
  if (close === undefined) return open + 1;
  for (let at = open + 1; at < all.length; at++) {
    const token = all[at];
    if (token?.kind !== 'mark') continue;
    if (token.value === close) return at + 1;
    if (token.value in CLOSING) at = behind(all, at) - 1;
  }
  return all.length;
}

const is = (token: Token | undefined, value: string) => token?.kind !== 'text' && token?.value === value;

/** Whether an attribute begins at `at`; if so, where it ends and whether it is `#[…]` of what comes. */
function attribute(all: readonly Token[], at: number): number | undefined {
  if (!is(all[at], '#')) return undefined;
  const open = is(all[at + 1], '!') ? at + 2 : at + 1;
  return is(all[open], '[') ? behind(all, open) : undefined;
}

/** The end of the item at `at`: behind its block or its semicolon. */
function endOfItem(all: readonly Token[], at: number): number {
  for (let now = at; now < all.length; now++) {
    if (is(all[now], ';')) return now + 1;
    if (is(all[now], '{')) return behind(all, now);
    if (is(all[now], '(') || is(all[now], '[')) now = behind(all, now) - 1;
  }
  return all.length;
}

/** Modules in files of their own that only tests have: `#[cfg(test)] mod NAME;`. */
export function testModules(all: readonly Token[]): string[] {
  const names: string[] = [];
  each(all, (_, end, said) => {
    if (!forTests(said)) return;
    const mod = all.findIndex((token, nth) => nth >= end && is(token, 'mod'));
    const name = all[mod + 1];
    if (mod >= end && mod < end + 5 && name && is(all[mod + 2], ';')) names.push(name.value);
  });
  return names;
}

/** The tokens without attributes and tests; what derives `JsonSchema` keeps its doc comments, all else loses them. */
export function program(all: readonly Token[]): Token[] {
  const left: Token[] = [];
  for (let at = 0; at < all.length;) {
    const end = attribute(all, at);
    const token = all[at];
    if (end !== undefined) {
      at =
        forTests(words(all.slice(at, end))) && !is(all[at + 1], '!')
          ? endOfItem(all, skipped(all, end))
          : end;
    } else {
      if (token && token.kind !== 'doc') left.push(token);
      at++;
    }
  }
  return left;
}

function skipped(all: readonly Token[], at: number): number {
  const end = attribute(all, at);
  return end === undefined ? (all[at]?.kind === 'doc' ? skipped(all, at + 1) : at) : skipped(all, end);
}

const words = (part: readonly Token[]) => part.map((token) => token.value).join(' ');
const forTests = (said: string) =>
  /\bcfg \( test \)|# \[ (\w+ : : )?test \]|\bcfg \( all \( test\b/.test(said);

function each(all: readonly Token[], see: (at: number, end: number, words: string) => void): void {
  for (let at = 0; at < all.length; at++) {
    const end = attribute(all, at);
    if (end !== undefined) see(at, end, words(all.slice(at, end)));
  }
}

/** What schemas say: doc comments of types that derive `JsonSchema`, of their members, one text each. */
export function schemaDocs(all: readonly Token[]): Token[] {
  const found: Token[] = [];
  each(all, (at, end, said) => {
    if (!/\bderive\b.*\bJsonSchema\b/.test(said)) return;
    let from = at;
    while (from > 0 && (all[from - 1]?.kind === 'doc' || endsAttribute(all, from)))
      from = startBefore(all, from);
    const body = all.slice(from, endOfItem(all, skipped(all, end)));
    found.push(...joined(body));
  });
  return found;
}

function endsAttribute(all: readonly Token[], at: number): boolean {
  return is(all[at - 1], ']') && startBefore(all, at) < at - 1;
}

function startBefore(all: readonly Token[], at: number): number {
  if (all[at - 1]?.kind === 'doc') return at - 1;
  for (let back = at - 1; back >= 0; back--) if (attribute(all, back) === at) return back;
  return at;
}

function joined(body: readonly Token[]): Token[] {
  const found: Token[] = [];
  body.forEach((token, nth) => {
    if (token.kind !== 'doc') return;
    const last = found.at(-1);
    if (last && body[nth - 1]?.kind === 'doc') last.value += ` ${token.value}`;
    else found.push({ ...token });
  });
  return found.map((token) => ({ ...token, value: token.value.replace(/\s+/g, ' ').trim() }));
}
