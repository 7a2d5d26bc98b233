// Whatever the agent's sources can say to a person, German says as well; and German says nothing that they do not.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { phrasesIn, phrasesOf, type Phrase } from '../../../dev/rust/phrases';
import connectors from './de/connectors.json';
import engine from './de/engine.json';
import kit from './de/kit.json';
import libraries from './de/libraries.json';
import processflows from './de/processflows.json';
import readmes from './de/readmes.json';
import window from './de/window.json';
import words from './de/words.json';

const ROOT = join(import.meta.dirname, '../../../..');
const SOURCES = ['connector-kit', 'connectors', 'engine', 'shell'].map((name) => `crates/${name}/src`);

/** Sentences that nobody reads in the window. */
const ELSEWHERE = new Set([
  // What libraries say, to be recognised.
  'proxy authorization required',
  'unsuccessful tunnel',
  'tunnel error',
  ', set DuplicateKeyPolicy in Options if acceptable',
  'at line',
  'server does not support TLS',
  'password missing',
  'for key',
  'for column',
  'at row',
  // For programmers.
  'Network({} authorities)',
  'Raw({} bytes)',
  'processflow at',
  'processflow expression',
  'processflow 2026-11-21 key of the vault from a service credential',
  'probe of the key store',
  'kept variables',
  'this data folder',
  // SQL, files, headers and the text of a log.
  '{} = excluded.{}',
  '{} until {}',
  '{} … (cut)',
  'Basic {}',
  'sudo {} {}',
  // The raw text of an answer.
  '(request {})',
  '{} answered {}{}: {}',
  // In a terminal, before there is a window.
  'error:',
  'hint:',
  'warning: memory dumps of this process could not be switched off ({})',
  'Processflow Agent has no display to open its window on. Use `processflow serve` here: it runs the same processflows without a window.',
  'Processflow Agent cannot start its threads: {}',
  // A status; `common:runStatus` has its words.
  'Finished with problems',
]);

/** TypeScript is made there, by a test. */
const WRITERS = /operations\/typescript\.rs$/;

const german = { ...words, ...window, ...kit, ...connectors, ...engine };
const all = phrasesIn([...SOURCES, 'src-tauri/src'], ROOT).filter(({ file }) => !WRITERS.test(file));
const said = all.filter(({ text }) => !ELSEWHERE.has(text));
const texts = new Set(all.map(({ text }) => text));
const where = ({ file, line, text }: Phrase) => `${file}:${line}: ${JSON.stringify(text)}`;

it('reads the sources', () => {
  expect(said.length, 'fewer were found than there can be').toBeGreaterThan(1000);
});

it('has German for every sentence of the agent', () => {
  const missing = said.filter(({ text }) => !(text in german));
  expect(missing.map(where), 'ui/src/i18n/phrases/de/*.json has no German for it').toEqual([]);
});

it('has no German for what nobody says any more', () => {
  const code = SOURCES.map((folder) => sourceOf(join(ROOT, folder))).join('');
  const alone = (word: string) => word in words && code.includes(`"${word}"`);
  const stale = Object.keys(german).filter((text) => !texts.has(text) && !alone(text));
  expect(stale, 'no source says it').toEqual([]);
  expect(
    [...ELSEWHERE].filter((text) => !texts.has(text)),
    'no source has it',
  ).toEqual([]);
});

it('has German for the processflows that come along', () => {
  const folder = join(ROOT, 'processflows');
  const found = readdirSync(folder).flatMap((name) => {
    const flow = readFileSync(join(folder, name, 'processflow.yaml'), 'utf8');
    const title = readFileSync(join(folder, name, 'README.md'), 'utf8').split('\n', 1)[0] ?? '';
    const written = [...flow.matchAll(/(?:^description|\breason): ([^}\n]+)/gm)];
    return [title.replace('# ', ''), ...written.map(([, text = '']) => text.trim())];
  });
  expect(new Set(Object.keys(processflows))).toEqual(new Set(found));
  const told = readdirSync(folder).map((name) => readFileSync(join(folder, name, 'README.md'), 'utf8'));
  const flat = told.map((text) => text.replace(/\s+/g, ' ').trim());
  expect(new Set(Object.keys(readmes)), 'a README changed').toEqual(new Set(flat));
});

it('says each phrase in one place', () => {
  const files = [words, window, kit, connectors, engine, libraries, processflows];
  const keys = files.flatMap((file) => Object.keys(file));
  expect(keys.filter((key, nth) => keys.indexOf(key) !== nth)).toEqual([]);
});

it('keeps gaps and names in both languages', () => {
  const gaps = (text: string) =>
    text.match(/\{\{|\}\}|\{\d*\}/g)?.filter((gap) => gap !== '{{' && gap !== '}}') ?? [];
  const names = (text: string) =>
    (text.match(/`[^`]*`/g) ?? []).map((name) => name.replace(/\{\d+\}/g, '{}')).sort();
  for (const [english, other] of Object.entries({ ...german, ...libraries, ...processflows })) {
    expect(other.trim(), english).not.toBe('');
    const numbers = gaps(other).map((gap, nth) => (gap === '{}' ? nth + 1 : Number(gap.slice(1, -1))));
    expect(
      numbers.sort((a, b) => a - b),
      english,
    ).toEqual(gaps(english).map((_, nth) => nth + 1));
    expect(names(other), english).toEqual(names(english));
  }
});

function sourceOf(folder: string): string {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.rs'),
  );
  return files.map((file) => readFileSync(join(folder, file), 'utf8')).join('');
}

describe('the sources’ sentences', () => {
  const found = (source: string) => phrasesOf(source, 'a.rs').map(({ text, line }) => `${line} ${text}`);

  it.each([
    ['Error::config("gone")', ['1 gone'], 'one word is a message'],
    ['Error::config(format!("`{name:?}` of {} {{x}}", 1))', ['1 `{}` of {} {{x}}'], 'gaps lose their names'],
    ['Error::bug("an {odd} one")', ['1 an {{odd}} one'], 'no format string has no gaps'],
    ['.hint("one \\\n     two\\u{e4}\\"")', ['1 one twoä"'], 'a line goes on, escapes are read'],
    ['.hint(r#"a "raw" text"#)', ['1 a "raw" text'], 'raw'],
    ['match x { A => "is too long", B => "no" }', ['1 is too long'], 'what flows through a variable'],
    ['match x { "is too long" => 1 }', [], 'what is compared is not said'],
    ['warn!(%error, "it went wrong");', [], 'logs are English'],
    ['x.expect("was checked before")', [], 'nobody sees a panic'],
    ['let a = "SELECT a FROM b";', [], 'SQL is for machines'],
    [
      '// "not a text"\n/* "nor /* this */" */ let c = \'"\'; let d: &\'static str = "really a text";',
      ['2 really a text'],
      '',
    ],
    [
      '#[cfg(test)]\nmod tests { fn a() { Error::config("no"); } }\nfn b() { Error::config("yes, it is") }',
      ['3 yes, it is'],
      '',
    ],
    ['#[expect(x, reason = "they are many")]\nfn b() {}', [], 'attributes'],
    [
      '/// The form\n/// of it.\n#[derive(JsonSchema)]\nstruct A {\n  /// Where it is.\n  #[serde(default)]\n  a: B,\n}',
      ['1 The form of it.', '5 Where it is.'],
      'what forms are drawn from',
    ],
    ['/// Not said.\nstruct A;', [], 'what only programmers read'],
  ])('are found in %j', (source, sentences, why) => {
    expect(found(source), why).toEqual(sentences);
  });
});
