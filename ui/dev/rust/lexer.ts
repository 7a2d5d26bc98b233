// A lexer for Rust, exact where it matters here: comments, all string literals, characters and lifetimes.

/** A piece of Rust source. */
export interface Token {
  kind: 'word' | 'text' | 'doc' | 'mark';
  /** Word or mark as written; of a text its value, escapes undone; of a doc comment what it says. */
  value: string;
  /** Counted from 1. */
  line: number;
}

const SPACE = /\s+/y;
const COMMENT = /\/\/(?<kind>[/!]?)(?<said>.*)/y;
const BYTES = /b(?:'(?:\\.|[^'\\])+'|"(?:\\[^]|[^"\\])*"|r(?<fence>#*)"[^]*?"\k<fence>(?!#))/y;
const RAW = /c?r(?<fence>#*)"(?<text>[^]*?)"\k<fence>(?!#)/y;
const TEXT = /c?"(?<text>(?:\\[^]|[^"\\])*)"/y;
const CHARACTER = /'(?:\\(?:u\{[^}]*\}|x..|.)|[^'\\])'/uy;
const LIFETIME = /'[\p{L}_][\p{L}\p{N}_]*/uy;
const WORD = /(?:r#)?[\p{L}_][\p{L}\p{N}_]*/uy;
const NUMBER = /\d[\w]*(?:\.\d[\w]*)?/y;

/** The tokens of a source text. Bytes, characters, lifetimes and numbers are left out: nobody is told them. */
export function tokens(source: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  let line = 1;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    if (match) at += match[0].length;
    return match;
  };
  while (at < source.length) {
    const start = at;
    const add = (kind: Token['kind'], value: string) => found.push({ kind, value, line });
    let match: RegExpExecArray | null;
    if (take(SPACE)) {
      // Nothing to say.
    } else if ((match = take(COMMENT))) {
      const { kind, said = '' } = match.groups ?? {};
      if (kind === '/' && !said.startsWith('/')) add('doc', said.trim());
    } else if (source.startsWith('/*', at)) {
      at = endOfBlock(source, at);
    } else if (take(BYTES)) {
      // Nobody reads bytes.
    } else if ((match = take(RAW))) {
      add('text', match.groups?.text ?? '');
    } else if ((match = take(TEXT))) {
      add('text', unescaped(match.groups?.text ?? ''));
    } else if (take(CHARACTER) ?? take(LIFETIME) ?? take(NUMBER)) {
      // Nothing to translate.
    } else if ((match = take(WORD))) {
      add('word', match[0]);
    } else {
      add('mark', source[at++] ?? '');
    }
    for (let back = start; back < at; back++) if (source[back] === '\n') line++;
  }
  return found;
}

/** Block comments lie within each other. */
function endOfBlock(source: string, start: number): number {
  let depth = 0;
  for (let at = start; at < source.length; at++) {
    if (source.startsWith('/*', at)) (depth++, at++);
    else if (source.startsWith('*/', at)) (depth--, at++);
    if (depth === 0) return at + 1;
  }
  return source.length;
}

const SIMPLE: Record<string, string> = { n: '\n', r: '\r', t: '\t', '0': '\0' };

/** A line that ends in a backslash goes on at the next one's first character. */
function unescaped(text: string): string {
  return text.replace(
    /\\(?:\n\s*|u\{(?<point>[^}]*)\}|x(?<byte>..)|(?<one>[^]))/gu,
    (_, point?: string, byte?: string, one?: string) => {
      const code = point ?? byte;
      if (code !== undefined) return String.fromCodePoint(parseInt(code.replaceAll('_', ''), 16));
      return one === undefined ? '' : (SIMPLE[one] ?? one);
    },
  );
}
