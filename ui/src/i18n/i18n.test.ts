// Both languages say everything, nothing is said that is never asked for, and no component speaks for itself.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { parse, type AST } from 'svelte/compiler';
import { expect, it } from 'vitest';

import { resources } from './i18n.svelte';

const SOURCE = join(import.meta.dirname, '..');
const PLURAL = /_(zero|one|two|few|many|other)$/;

function flat(words: Record<string, unknown>, before: string): Map<string, string> {
  const all = new Map<string, string>();
  for (const [key, value] of Object.entries(words)) {
    const path = `${before}${key}`;
    if (typeof value === 'string') all.set(path, value);
    else for (const [inner, text] of flat(value as Record<string, unknown>, `${path}.`)) all.set(inner, text);
  }
  return all;
}

function language(lang: string): Map<string, string> {
  const all = new Map<string, string>();
  for (const [file, words] of Object.entries(resources()[lang] ?? {})) {
    for (const [key, text] of flat(words, `${file}:`)) all.set(key, text);
  }
  return all;
}

function sources(): { file: string; text: string }[] {
  return readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
    .filter(
      (file) => /\.(svelte|ts)$/.test(file) && !file.endsWith('.test.ts') && !file.includes('generated'),
    )
    .map((file) => ({ file, text: readFileSync(join(SOURCE, file), 'utf8') }));
}

const english = language('en');
const german = language('de');

it('has the same keys in both languages', () => {
  const plain = (words: Map<string, string>) => [...words.keys()].sort();
  expect(plain(german)).toEqual(plain(english));
});

it('fills the same gaps in both languages', () => {
  const gaps = (text = '') => [...text.matchAll(/\{\{\w+\}\}/g)].map(String).sort();
  for (const [key, text] of english) expect(gaps(german.get(key)), key).toEqual(gaps(text));
});

it('has words for every key that is asked for, and asks for every key there is', () => {
  const keys = new Set([...english.keys()].flatMap((key) => [key, key.replace(PLURAL, '')]));
  const asked = new Set<string>();
  const beginnings = new Set<string>();
  // Keys are written whole (`'runs:title'`) or begin with a whole file and word (`` `runs:state.${x}` ``).
  for (const { text } of sources()) {
    for (const [, key = ''] of text.matchAll(/['"`]([a-z][\w]*:[\w.]*[\w])['"`]/g)) asked.add(key);
    for (const [, start = ''] of text.matchAll(/`([a-z][\w]*:[\w.]*\.)\$\{/g)) beginnings.add(start);
  }
  // A whole group may be named: `'common:outcome'`.
  const group = (key: string) => [...english.keys()].some((known) => known.startsWith(`${key}.`));
  for (const key of asked) if (group(key)) beginnings.add(`${key}.`);
  const files = new Set([...english.keys()].map((key) => key.split(':')[0]));
  const missing = [...asked].filter((key) => files.has(key.split(':')[0]) && !keys.has(key) && !group(key));
  expect(missing, 'asked for, but there are no words').toEqual([]);
  const used = (key: string) =>
    asked.has(key) ||
    asked.has(key.replace(PLURAL, '')) ||
    [...beginnings].some((start) => key.startsWith(start));
  expect(
    [...english.keys()].filter((key) => !used(key)),
    'never asked for',
  ).toEqual([]);
  const nowhere = [...beginnings].filter(
    (start) => files.has(start.split(':')[0]) && ![...english.keys()].some((key) => key.startsWith(start)),
  );
  expect(nowhere, 'no key begins like this').toEqual([]);
});

const SPOKEN = new Set([
  'aria-label',
  'title',
  'placeholder',
  'alt',
  'label',
  'text',
  'about',
  'help',
  'aria-description',
]);
/** Keys of a keyboard, and what has no letters, are the same in all languages. */
const SAME_EVERYWHERE = /^(Ctrl K|[^\p{L}]*)$/u;

function literals(source: string): string[] {
  const found: string[] = [];
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(walk);
    if (typeof node !== 'object' || node === null) return;
    const { type } = node as { type?: string };
    if (type === 'Attribute') {
      const { name, value } = node as AST.Attribute;
      const parts = Array.isArray(value) ? value : [];
      if (SPOKEN.has(name)) parts.forEach((part) => part.type === 'Text' && found.push(part.data));
      return walk(parts.filter((part) => part.type !== 'Text'));
    }
    if (type === 'StyleDirective') return;
    if (type === 'Text') found.push((node as AST.Text).data);
    Object.values(node).forEach(walk);
  };
  walk(parse(source, { modern: true }).fragment);
  return found.map((text) => text.trim()).filter((text) => !SAME_EVERYWHERE.test(text));
}

it('lets no component speak for itself', () => {
  for (const { file, text } of sources()) {
    // The look of all components is for those who build panels, and in no build.
    if (!file.endsWith('.svelte') || file.includes('gallery')) continue;
    expect(literals(text), file).toEqual([]);
  }
});

it('would notice a literal', () => {
  expect(literals('<p>Hello</p>')).toEqual(['Hello']);
  expect(literals('<p title="Hello">{#if a}World{/if}</p>')).toEqual(['Hello', 'World']);
  expect(literals('<p class="x">{t("a:b")} · 12</p>')).toEqual([]);
});
