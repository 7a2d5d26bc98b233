import { expect, it } from 'vitest';

import type { Graph, GraphEdge, GraphNode } from '../../../api';
import { countsOf, depthOf, recordsOf, ruleOf, ruleTo } from './kinds';

const none = { records: 0, skipped: 0, written: 0, unchanged: 0, failed: 0 };
const at = (kind: string, counts: Partial<typeof none>) =>
  countsOf({ kind, counts: { ...none, ...counts } } as GraphNode).map(
    ({ what, number }) => `${what} ${number}`,
  );

it('says a zero only where there is nothing else to say', () => {
  expect(at('write', { written: 3, unchanged: 2 })).toEqual(['written 3', 'unchanged 2']);
  expect(at('write', { unchanged: 29_268 })).toEqual(['unchanged 29268']);
  expect(at('write', {})).toEqual(['written 0']);
  expect(at('read', {})).toEqual(['read 0']);
  expect(at('skip', {})).toEqual(['skipped 0']);
  expect(at('fetch', { records: 7, failed: 2 })).toEqual(['came 7', 'failed 2']);
  expect(at('branch', {})).toEqual(['came 0']);
});

const node = (id: string, inside: string | null, kind: string) => ({ id, inside, kind }) as GraphNode;
const edge = (from: string, to: string, when: string | null, records: number) =>
  ({ id: `${from}-${to}`, from, to, when, records }) as GraphEdge;
const graph: Graph = {
  nodes: [
    node('1', null, 'branch'),
    node('1.1.1', '1', 'for_each'),
    node('1.1.1.1', '1.1.1', 'branch'),
    node('1.1.1.1.1.1', '1.1.1.1', 'set'),
    node('1.2.1', '1', 'set'),
    node('2', null, 'write'),
  ],
  edges: [
    edge('1', '1.1.1', 'a == 1', 4),
    edge('1', '1.2.1', null, 6),
    edge('1.1.1', '1.1.1.1', null, 11),
    edge('1.1.1.1', '1.1.1.1.1.1', 'b', 3),
    edge('1.1.1.1', '2', null, 8),
    edge('1.1.1.1.1.1', '2', null, 3),
    edge('1.2.1', '2', null, 6),
  ],
};

it('says of the edges of a branch which records they take, and of no other', () => {
  expect(graph.edges.map((one) => ruleOf(one, graph))).toEqual([
    'a == 1',
    'all others',
    undefined,
    'b',
    'all others',
    undefined,
    undefined,
  ]);
  const led = graph.nodes.map((one) => ruleTo(one, graph));
  expect(led).toEqual([undefined, 'a == 1', undefined, 'b', 'all others', undefined]);
});

it('counts no elements of a list as records behind it', () => {
  expect(graph.edges.map((one) => recordsOf(one, graph))).toEqual([4, 6, 11, 3, null, null, 6]);
});

it('knows how deep a step lies', () => {
  expect(graph.nodes.map((one) => depthOf(one, graph))).toEqual([0, 1, 2, 3, 1, 0]);
});
