// Where the steps of a processflow stand: in layers along the way of the records, from left to right or downwards.
import type { GraphEdge, GraphNode } from '../../../api';

export type Direction = 'right' | 'down';

/** Width, height and distances in the canvas's own units (pixels at 100 %). */
export const NODE = { width: 216, height: 84, along: 72, across: 28 };

export interface Placed {
  x: number;
  y: number;
}

/** The layer of each node: the longest way that leads to it. Where edges go in a circle, the circle is cut. */
export function layersOf(nodes: readonly GraphNode[], edges: readonly GraphEdge[]): Map<string, number> {
  const before = new Map<string, string[]>();
  for (const { from, to } of edges) before.set(to, [...(before.get(to) ?? []), from]);
  const layers = new Map<string, number>();
  const visit = (id: string, above: ReadonlySet<string>): number => {
    const known = layers.get(id);
    if (known !== undefined) return known;
    const own = new Set([...above, id]);
    const ways = (before.get(id) ?? []).filter((from) => !own.has(from)).map((from) => visit(from, own) + 1);
    const layer = Math.max(0, ...ways);
    layers.set(id, layer);
    return layer;
  };
  for (const { id } of nodes) visit(id, new Set());
  return layers;
}

/** The place of each node, and the size of the whole. */
export function place(
  nodes: readonly GraphNode[],
  edges: readonly GraphEdge[],
  direction: Direction,
): { at: Map<string, Placed>; width: number; height: number } {
  const layers = layersOf(nodes, edges);
  const rows = new Map<number, string[]>();
  for (const { id } of nodes) {
    const layer = layers.get(id) ?? 0;
    rows.set(layer, [...(rows.get(layer) ?? []), id]);
  }
  const right = direction === 'right';
  const [long, wide] = right ? [NODE.width, NODE.height] : [NODE.height, NODE.width];
  const along = right ? NODE.along : NODE.along * 0.6;
  const most = Math.max(1, ...[...rows.values()].map((row) => row.length));
  const across = most * wide + (most - 1) * NODE.across;
  const at = new Map<string, Placed>();
  for (const [layer, row] of rows) {
    const start = (across - row.length * wide - (row.length - 1) * NODE.across) / 2;
    row.forEach((id, nth) => {
      const [a, b] = [layer * (long + along), start + nth * (wide + NODE.across)];
      at.set(id, right ? { x: a, y: b } : { x: b, y: a });
    });
  }
  const length = rows.size * long + Math.max(0, rows.size - 1) * along;
  return { at, ...(right ? { width: length, height: across } : { width: across, height: length }) };
}

/** How it fits a width: to the right while that stays readable, else downwards. */
export function directionFor(
  nodes: readonly GraphNode[],
  edges: readonly GraphEdge[],
  width: number,
): Direction {
  const READABLE = 0.78;
  return place(nodes, edges, 'right').width * READABLE <= width ? 'right' : 'down';
}
