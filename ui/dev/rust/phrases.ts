// What of the agent's Rust sources reaches a person in the window: the literals of its sentences.
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

import { program, schemaDocs, testModules } from './items.ts';
import { tokens, type Token } from './lexer.ts';

/** A sentence of a Rust source. What a format string leaves open is `{}`; a brace that is meant stands twice. */
export interface Phrase {
  text: string;
  file: string;
  line: number;
}

/** Macros whose text is a format string. */
const FORMATS = new Set(['format!', 'format_args!', 'write!', 'writeln!']);
/** What only logs, tests and the one who builds this program see, and what is no text at all. */
const SILENT = new Set(
  [
    ['trace!', 'debug!', 'info!', 'warn!', 'error!', 'event!', 'span!', 'info_span!', 'debug_span!'],
    ['error_span!', 'warn_span!', 'trace_span!', 'println!', 'eprintln!', 'print!', 'eprint!'],
    ['panic!', 'unreachable!', 'assert!', 'assert_eq!', 'assert_ne!', 'debug_assert!', 'debug_assert_eq!'],
    ['expect', 'expect_err', 'include_str!', 'env!', 'cfg!', 'concat!', 'json!', 'starts_with', 'ends_with'],
    ['contains', 'strip_prefix', 'strip_suffix', 'trim_start_matches', 'trim_end_matches', 'split_once'],
    [
      'prepare',
      'prepare_cached',
      'execute',
      'execute_batch',
      'query_row',
      'strptime',
      'strftime',
      'examples:',
    ],
  ].flat(),
);
/** In these even one word is said. */
const SPEAKING = new Set([
  ...['Error::config', 'Error::unavailable', 'Error::rejected', 'Error::bug', 'Error::new'],
  ...['hint', 'context', 'Fact::new'],
]);

interface Call {
  name: string;
  /** How many texts were in it so far. */
  texts: number;
}

/** The sentences of one source. */
export function phrasesOf(source: string, file: string): Phrase[] {
  const all = tokens(source);
  const docs = schemaDocs(all)
    .map((doc) => ({ text: braced(doc.value), file, line: doc.line }))
    .filter(({ text }) => isSentence(text, true));
  return [...docs, ...spoken(program(all), file)];
}

function spoken(all: readonly Token[], file: string): Phrase[] {
  const found: Phrase[] = [];
  const calls: Call[] = [];
  all.forEach((token, at) => {
    if (token.kind === 'mark' && '([{'.includes(token.value)) calls.push({ name: called(all, at), texts: 0 });
    else if (token.kind === 'mark' && ')]}'.includes(token.value)) calls.pop();
    if (token.kind !== 'text') return;
    const inner = calls.at(-1);
    const format = inner !== undefined && FORMATS.has(inner.name) && inner.texts++ === 0;
    const text = (format ? opened(token.value) : braced(token.value)).replace(/\s+/g, ' ').trim();
    const around = calls.findLast(({ name }) => SILENT.has(name) || SPEAKING.has(name))?.name ?? '';
    if (SILENT.has(around) || isCompared(all, at)) return;
    if (isSentence(text, SPEAKING.has(around))) found.push({ text, file, line: token.line });
  });
  return found;
}

/** `a::b(`, `.b(`, `b!(`: the name before a bracket; nothing where there is none. */
function called(all: readonly Token[], open: number): string {
  if (all[open]?.value === '{') return '';
  let at = open - 1;
  if (all[at]?.value === '&' && all[at - 1]?.value === ':') return `${all[at - 2]?.value ?? ''}:`;
  const bang = all[at]?.value === '!' ? '!' : '';
  if (bang) at--;
  const last = all[at];
  if (last?.kind !== 'word') return '';
  const before = all[at - 1]?.value === ':' && all[at - 2]?.value === ':' ? all[at - 3] : undefined;
  return before?.kind === 'word' && !bang ? `${before.value}::${last.value}` : `${last.value}${bang}`;
}

/** A text to the left of a match arm's arrow, or in a comparison, is not said. */
function isCompared(all: readonly Token[], at: number): boolean {
  const [before, after, then] = [all[at - 1]?.value, all[at + 1]?.value, all[at + 2]?.value];
  return (after === '=' && (then === '>' || then === '=')) || (before === '=' && all[at - 2]?.value === '=');
}

/** SQL is for machines. */
const SQL =
  /^(SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|PRAGMA|WITH|BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|VACUUM|WHERE|AND|OR|ORDER BY|FROM|SET|JOIN|LEFT JOIN|LIMIT|ON CONFLICT|ATTACH|ANALYZE|VALUES|INDEXED)\b|\?\d|\bIS NOT\b|^\(read - /;

/** Where one word is said, one word is a sentence; elsewhere it needs a second one, a gap or a name in backticks. */
function isSentence(text: string, said: boolean): boolean {
  if (SQL.test(text)) return false;
  const words = text.replace(/\{\}|`[^`]*`/g, ' ').match(/\p{L}[\p{L}’'-]*/gu) ?? [];
  if (said) return words.some((word) => word.length > 1);
  if (!words.some((word) => /^\p{L}?\p{Ll}{2,}$/u.test(word)) || !text.includes(' ')) return false;
  return words.length > 1 ? words.some((word) => /^\p{Ll}{2,}$/u.test(word)) : /\{\}|`/.test(text);
}

const braced = (text: string) => text.replace(/[{}]/g, '$&$&');

/** `{name:?}` → `{}`; braces that are meant stay twice. */
function opened(text: string): string {
  return text.replace(/\{\{|\}\}|\{[^{}]*\}/g, (brace) =>
    brace.length === 2 && brace !== '{}' ? brace : '{}',
  );
}

/** All sentences of these folders' sources, tests left out. */
export function phrasesIn(folders: readonly string[], root: string): Phrase[] {
  return folders.flatMap((folder) => {
    const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.rs'))
      .map((file) => join(root, folder, file))
      .sort();
    const left = new Set(files.flatMap((file) => testFiles(file)));
    return files
      .filter((file) => ![...left].some((test) => file === `${test}.rs` || file.startsWith(`${test}/`)))
      .flatMap((file) => phrasesOf(readFileSync(file, 'utf8'), relative(root, file)));
  });
}

/** Where the test modules of a file lie, without their ending. */
function testFiles(file: string): string[] {
  const folder = /\/(mod|lib|main)\.rs$/.test(file) ? dirname(file) : file.replace(/\.rs$/, '');
  return testModules(tokens(readFileSync(file, 'utf8'))).map((name) => join(folder, name));
}
