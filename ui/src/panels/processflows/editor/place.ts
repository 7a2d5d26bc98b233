// Where in the text a part of the file stands, and which part stands at a place of the text. Both views meet here.
import { yamlLanguage } from '@codemirror/lang-yaml';
import type { PathPart } from '../../../api';

type Tree = ReturnType<typeof yamlLanguage.parser.parse>;
type Node = Tree['topNode'];

/** The way to a part of the file: `['steps', 2, 'write', 'map', 'ID']`. */
export type Path = readonly PathPart[];

/** A piece of the text. */
export interface Piece {
  from: number;
  to: number;
}

/** Reads a text; broken parts are read as well as they can be. */
export function parse(text: string): Tree {
  return yamlLanguage.parser.parse(text);
}

const MAPS = new Set(['BlockMapping', 'FlowMapping']);
const LISTS = new Set(['BlockSequence', 'FlowSequence']);

function isPair(node: Node): boolean {
  return node.name === 'Pair';
}

/** The name of a pair, without its quotes. */
function nameOf(pair: Node, text: string): string {
  const key = pair.getChild('Key');
  const written = key ? text.slice(key.from, key.to) : '';
  return unquoted(written);
}

/** What is written between quotes; what has none stays. */
export function unquoted(written: string): string {
  const plain = written.trim();
  if (plain.startsWith("'") && plain.endsWith("'")) return plain.slice(1, -1).replaceAll("''", "'");
  if (!plain.startsWith('"')) return plain;
  try {
    return JSON.parse(plain) as string;
  } catch {
    return plain.slice(1, -1);
  }
}

function children(node: Node): Node[] {
  const all: Node[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) all.push(child);
  return all;
}

/** Elements of a list or pairs of a mapping. */
function inner(node: Node): Node[] {
  if (LISTS.has(node.name)) return node.getChildren('Item');
  return children(node).filter(isPair);
}

function isValue(name: string): boolean {
  return !['Comment', '[', ']', '{', '}', ',', '-', ':', '?', 'Key', 'Anchor', 'Tag', '⚠'].includes(name);
}

function valueOf(node: Node): Node | undefined {
  if (node.name !== 'Pair' && node.name !== 'Item') return node;
  return children(node).findLast(({ name }) => isValue(name));
}

function rootOf(tree: Tree): Node | undefined {
  const document = tree.topNode.getChild('Document') ?? tree.topNode;
  return children(document).find(({ name }) => MAPS.has(name) || LISTS.has(name));
}

/** Which part of the file stands there; the innermost. */
export function pathAt(text: string, offset: number, tree = parse(text)): PathPart[] {
  const path: PathPart[] = [];
  let node = rootOf(tree);
  while (node) {
    const parts = inner(node);
    // A problem often points at the space behind a name: what began last is meant.
    const at = parts.findLastIndex(({ from }) => from <= offset);
    const part = parts[at];
    if (!part) break;
    if (part.to < offset && text.slice(part.to, offset).includes('\n')) {
      const next = lineIndent(text, offset);
      if (next <= lineIndent(text, part.from) && text.slice(part.to, offset).trim() !== '') break;
    }
    path.push(LISTS.has(node.name) ? at : nameOf(part, text));
    const value = valueOf(part);
    node = value && (MAPS.has(value.name) || LISTS.has(value.name)) ? value : undefined;
  }
  return path;
}

function lineIndent(text: string, offset: number): number {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return text.slice(start).search(/[^ -]|$/);
}

/** Where a part stands: its name with its value. Of a way that leads nowhere, as far as it leads. */
export function pieceOf(text: string, path: Path, tree = parse(text)): Piece | undefined {
  return find(text, path, tree)?.whole;
}

/** Where the value of a part stands; nothing when it has none, or is not there. */
export function valuePieceOf(text: string, path: Path, tree = parse(text)): Piece | undefined {
  const found = find(text, path, tree);
  return found?.complete ? found.value : undefined;
}

function find(text: string, path: Path, tree: Tree) {
  let node = rootOf(tree);
  let whole: Piece | undefined;
  let value: Piece | undefined;
  let taken = 0;
  for (const wanted of path) {
    const parts: Node[] = node ? inner(node) : [];
    const part =
      typeof wanted === 'number' ? parts[wanted] : parts.find((pair) => nameOf(pair, text) === wanted);
    if (!part) break;
    whole = { from: part.from, to: part.to };
    const inside = valueOf(part);
    value = inside && { from: inside.from, to: inside.to };
    node = inside;
    taken += 1;
  }
  return whole && { whole, value, complete: taken === path.length };
}

/** Whether a part is the other one or lies in it. */
export function isWithin(path: Path, outer: Path): boolean {
  return outer.every((part, at) => path[at] === part);
}

/** A step: its number, as `3.2.1`, and the way to it. */
export interface StepPlace {
  number: string;
  path: Path;
}

/** The step that a part of the file belongs to; the innermost. */
export function stepAt(path: Path): StepPlace | undefined {
  let found: StepPlace | undefined;
  let at = 0;
  while (path[at] === 'steps') {
    const nth = path[at + 1];
    if (typeof nth !== 'number') break;
    const before: string = found ? `${found.number}.` : '';
    const way = path[at - 1];
    const number: string = `${before}${typeof way === 'number' ? `${way + 1}.` : ''}${nth + 1}`;
    found = { number, path: path.slice(0, at + 2) };
    at += path[at + 2] === 'for_each' ? 3 : path[at + 2] === 'branch' ? 4 : path.length;
  }
  return found;
}

/** The way that a picture's node names: `steps/1/for_each/steps/0`. */
export function pathOf(written: string): PathPart[] {
  return written.split('/').map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}
