import { expect, it } from 'vitest';
import type { GraphEdge, GraphNode } from '../../../api';
import { directionFor, NODE, place, type Direction, type Picture } from './layout';

const node = (id: string, inside: string | null = null, kind = 'set') => ({ id, inside, kind }) as GraphNode;
const edge = (from: string, to: string, when: string | null = null): GraphEdge => ({
  id: `${from}-${to}`,
  from,
  to,
  when,
  records: null,
});
const chain = ['1', '2', '3', '4'].map((id) => node(id));
const along = [edge('1', '2'), edge('2', '3'), edge('3', '4')];

/** A branch of two ways in a branch, a list with a list inside, and what none of the ways took. */
const nested = [
  node('1'),
  node('2', null, 'branch'),
  node('2.1.1', '2'),
  node('2.1.2', '2', 'branch'),
  node('2.1.2.1.1', '2.1.2'),
  node('2.1.2.2.1', '2.1.2'),
  node('2.2.1', '2', 'for_each'),
  node('2.2.1.1', '2.2.1'),
  node('2.2.1.2', '2.2.1', 'for_each'),
  node('2.2.1.2.1', '2.2.1.2'),
  node('2.3.1', '2'),
  node('3'),
];
const ways = [
  edge('1', '2'),
  edge('2', '2.1.1', 'a'),
  edge('2', '2.2.1', 'b'),
  edge('2', '2.3.1', 'c'),
  edge('2', '3'),
  edge('2.1.1', '2.1.2'),
  edge('2.1.2', '2.1.2.1.1', 'd'),
  edge('2.1.2', '2.1.2.2.1', 'e'),
  edge('2.1.2', '3'),
  edge('2.1.2.1.1', '3'),
  edge('2.1.2.2.1', '3'),
  edge('2.2.1', '2.2.1.1'),
  edge('2.2.1.1', '2.2.1.2'),
  edge('2.2.1.2', '2.2.1.2.1'),
  edge('2.2.1.2.1', '3'),
  edge('2.3.1', '3'),
];

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}
const meets = (a: Box, b: Box) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
const boxOf = ({ at }: Picture, id: string): Box => ({ ...(at.get(id) ?? { x: NaN, y: NaN }), ...NODE });

/** The straight pieces of an edge, as boxes without breadth. */
function pieces(picture: Picture, { id, from, to }: GraphEdge, direction: Direction): Box[] {
  const right = direction === 'right';
  const [a, b] = [boxOf(picture, from), boxOf(picture, to)];
  const turn = picture.turns.get(id) ?? NaN;
  const line = (x1: number, y1: number, x2: number, y2: number): Box => ({
    x: Math.min(x1, x2),
    y: Math.min(y1, y2),
    width: Math.abs(x1 - x2),
    height: Math.abs(y1 - y2),
  });
  if (right) {
    const [start, end] = [a.y + a.height / 2, b.y + b.height / 2];
    return [line(a.x + a.width, start, turn, start), line(turn, start, turn, end), line(turn, end, b.x, end)];
  }
  const [start, end] = [a.x + a.width / 2, b.x + b.width / 2];
  return [line(start, a.y + a.height, start, turn), line(start, turn, end, turn), line(end, turn, end, b.y)];
}

for (const direction of ['right', 'down'] as const) {
  it(`lays no step upon another, going ${direction}`, () => {
    const picture = place(nested, ways, direction);
    for (const [n, a] of nested.entries()) {
      for (const b of nested.slice(n + 1)) {
        expect(meets(boxOf(picture, a.id), boxOf(picture, b.id)), `${a.id} and ${b.id}`).toBe(false);
      }
    }
    expect(picture.at.size).toBe(nested.length);
  });

  it(`lets no edge cross a step, going ${direction}`, () => {
    const picture = place(nested, ways, direction);
    for (const one of ways) {
      for (const piece of pieces(picture, one, direction)) {
        for (const { id } of nested) {
          expect(meets(piece, boxOf(picture, id)), `${one.id} and step ${id}`).toBe(false);
        }
      }
    }
  });

  it(`frames the steps of a list and no other, going ${direction}`, () => {
    const picture = place(nested, ways, direction);
    expect(picture.frames.map(({ id }) => id)).toEqual(['2.2.1', '2.2.1.2']);
    for (const frame of picture.frames) {
      for (const { id } of nested) {
        const own = id === frame.id || id.startsWith(`${frame.id}.`);
        expect(meets(frame, boxOf(picture, id)), `frame ${frame.id} and step ${id}`).toBe(own);
      }
    }
  });
}

it('keeps one line where nothing parts', () => {
  const { at } = place(chain, along, 'right');
  expect([...at.values()].map(({ y }) => y)).toEqual([0, 0, 0, 0]);
});

it('goes downwards where there is no room', () => {
  expect(directionFor(chain, along, 1200)).toBe('right');
  expect(directionFor(chain, along, 500)).toBe('down');
});
