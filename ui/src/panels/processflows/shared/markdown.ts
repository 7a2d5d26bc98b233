// The part of Markdown that README files of processflows use, as data: components draw it, so no text is ever taken for
// HTML. What is not known stays as it was written.

/** A piece of a line. */
export interface Piece {
  kind: 'text' | 'code' | 'strong' | 'em' | 'link';
  text: string;
  /** Of a link: where it leads; only addresses of the web. */
  href?: string;
}

/** A block. */
export type Block =
  | { kind: 'heading'; level: number; pieces: Piece[] }
  | { kind: 'paragraph'; pieces: Piece[] }
  | { kind: 'list'; ordered: boolean; items: Piece[][] }
  | { kind: 'code'; text: string }
  | { kind: 'table'; head: Piece[][]; rows: Piece[][][] };

const INLINE = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*|\[([^\]]+)\]\(([^)\s]+)\)/g;

/** The pieces of a line. */
export function piecesOf(line: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const match of line.matchAll(INLINE)) {
    if (match.index > at) pieces.push({ kind: 'text', text: line.slice(at, match.index) });
    pieces.push(pieceOf(match));
    at = match.index + match[0].length;
  }
  if (at < line.length) pieces.push({ kind: 'text', text: line.slice(at) });
  return pieces;
}

function pieceOf([whole, code, strong, em, link, href = '']: RegExpExecArray): Piece {
  if (code !== undefined) return { kind: 'code', text: code };
  if (strong !== undefined) return { kind: 'strong', text: strong };
  if (em !== undefined) return { kind: 'em', text: em };
  // Anything but an address of the web leads out of the panel to who knows where.
  if (link !== undefined && /^https?:\/\//.test(href)) return { kind: 'link', text: link, href };
  return { kind: 'text', text: link ?? whole };
}

const ITEM = /^\s{0,3}(?:[-*+]|(\d+)[.)])\s+(.*)$/;
const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/;
const FENCE = /^\s{0,3}(```+|~~~+)/;
const RULE = /^\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*$/;

/** The cells of a table's line. */
function cells(line: string): Piece[][] {
  const inside = line.trim().replace(/^\|/, '').replace(/\|$/, '');
  return inside.split(/(?<!\\)\|/).map((cell) => piecesOf(cell.trim().replaceAll('\\|', '|')));
}

/** The blocks of a text, top to bottom. */
export function blocksOf(text: string): Block[] {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    if ((lines[at] ?? '').trim() === '') {
      at += 1;
      continue;
    }
    const [block, next] = blockAt(lines, at);
    blocks.push(block);
    at = next;
  }
  return blocks;
}

function blockAt(lines: string[], at: number): [Block, number] {
  const line = lines[at] ?? '';
  const fence = FENCE.exec(line)?.[1];
  if (fence) return codeAt(lines, at, fence);
  const heading = HEADING.exec(line);
  if (heading) {
    return [
      { kind: 'heading', level: (heading[1] ?? '').length, pieces: piecesOf(heading[2] ?? '') },
      at + 1,
    ];
  }
  if (line.includes('|') && RULE.test(lines[at + 1] ?? '')) return tableAt(lines, at);
  if (ITEM.test(line)) return listAt(lines, at);
  return paragraphAt(lines, at);
}

function codeAt(lines: string[], at: number, fence: string): [Block, number] {
  const from = at + 1;
  let to = from;
  while (to < lines.length && !(lines[to] ?? '').trim().startsWith(fence)) to += 1;
  return [{ kind: 'code', text: lines.slice(from, to).join('\n') }, to + 1];
}

function tableAt(lines: string[], at: number): [Block, number] {
  let to = at + 2;
  while (to < lines.length && (lines[to] ?? '').includes('|')) to += 1;
  const rows = lines.slice(at + 2, to).map(cells);
  return [{ kind: 'table', head: cells(lines[at] ?? ''), rows }, to];
}

function listAt(lines: string[], at: number): [Block, number] {
  const ordered = ITEM.exec(lines[at] ?? '')?.[1] !== undefined;
  const items: string[] = [];
  let to = at;
  for (; to < lines.length; to++) {
    const line = lines[to] ?? '';
    const item = ITEM.exec(line);
    if (item) items.push(item[2] ?? '');
    // What is indented below an item goes on with it.
    else if (/^\s+\S/.test(line) && items.length > 0) items[items.length - 1] += ` ${line.trim()}`;
    else break;
  }
  return [{ kind: 'list', ordered, items: items.map(piecesOf) }, to];
}

function paragraphAt(lines: string[], at: number): [Block, number] {
  let to = at + 1;
  const goesOn = (line: string) =>
    line.trim() !== '' && !HEADING.test(line) && !FENCE.test(line) && !ITEM.test(line);
  while (to < lines.length && goesOn(lines[to] ?? '')) to += 1;
  const joined = lines.slice(at, to).map((line) => line.trim());
  return [{ kind: 'paragraph', pieces: piecesOf(joined.join(' ')) }, to];
}
