import { expect, it } from 'vitest';
import type { GraphEdge, GraphNode } from '../../../api';
import { directionFor, layersOf, NODE, place } from './layout';

const node = (id: string) => ({ id }) as GraphNode;
const edge = (from: string, to: string): GraphEdge => ({ id: `${from}-${to}`, from, to, records: null });
const nodes = ['1', '2', '3', '4'].map(node);

it('puts each step behind all that lead to it', () => {
  const layers = layersOf(nodes, [
    edge('1', '2'),
    edge('1', '3'),
    edge('2', '4'),
    edge('3', '4'),
    edge('1', '4'),
  ]);
  expect([...layers.values()]).toEqual([0, 1, 1, 2]);
});

it('lays no step upon another, in either direction', () => {
  const edges = [edge('1', '2'), edge('1', '3'), edge('3', '4')];
  for (const direction of ['right', 'down'] as const) {
    const { at } = place(nodes, edges, direction);
    const places = [...at.values()];
    for (const [n, a] of places.entries()) {
      for (const b of places.slice(n + 1)) {
        const apart = Math.abs(a.x - b.x) >= NODE.width || Math.abs(a.y - b.y) >= NODE.height;
        expect(apart).toBe(true);
      }
    }
  }
});

it('ends with edges in a circle too', () => {
  expect(layersOf(nodes, [edge('1', '2'), edge('2', '1')]).size).toBe(4);
});

it('goes downwards where there is no room', () => {
  const chain = [edge('1', '2'), edge('2', '3'), edge('3', '4')];
  expect(directionFor(nodes, chain, 1200)).toBe('right');
  expect(directionFor(nodes, chain, 500)).toBe('down');
});
