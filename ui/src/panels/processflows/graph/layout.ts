// Where the steps of a processflow stand: one behind the other along the way of the records, from left to right or
// downwards; the ways of a branch side by side, and the steps of a list in a frame of their own.
//
// Every list of steps has a line of its own, and nothing else lies on it. An edge leaves along the line of its step
// and turns before the step it leads to, where no step lies: so it crosses none.
import type { GraphEdge, GraphNode } from '../../../api';

export type Direction = 'right' | 'down';

/** Width, height and distances in the canvas's own units (pixels at 100 %). */
export const NODE = { width: 216, height: 84, across: 28 };
/** Between two steps; to the first steps of ways, where their rules stand; behind the ways, where they meet again. */
const GAPS = { right: { plain: 72, ways: 176, meet: 96 }, down: { plain: 44, ways: 76, meet: 60 } };
/** Room within the frame around the steps of a list. */
const FRAME = 16;
/** From where an edge turns to the step it leads to. */
const TURN = { right: 36, down: 24 };
/** From a branch to where its edges part. */
const PART = { right: 24, down: 22 };

/** How far behind a branch the rules of its ways stand. */
export const ruleAt = (direction: Direction): number => (PART[direction] + GAPS[direction].ways) / 2;

export interface Placed {
  x: number;
  y: number;
}

/** The frame around a step that goes through a list, and the steps inside of it. */
export interface Frame extends Placed {
  id: string;
  width: number;
  height: number;
}

export interface Picture {
  at: Map<string, Placed>;
  frames: Frame[];
  /** Where along the way an edge turns, by the edge's id. */
  turns: Map<string, number>;
  width: number;
  height: number;
}

/** A piece of the picture: how long it is, and how far it reaches to both sides of its line. */
interface Box {
  along: number;
  before: number;
  after: number;
  /** Puts what is in it at its places: where it begins, and where its line is. */
  put: (start: number, line: number) => void;
}

/** The steps of each list: by the step they lie in, and the way of it. */
function listsOf(nodes: readonly GraphNode[]): Map<string, GraphNode[][]> {
  const lists = new Map<string, Map<string, GraphNode[]>>();
  for (const node of nodes) {
    const above = node.inside ?? '';
    const rest = above ? node.id.slice(above.length + 1) : node.id;
    const way = rest.includes('.') ? rest.slice(0, rest.indexOf('.')) : '';
    const ways = lists.get(above) ?? new Map<string, GraphNode[]>();
    ways.set(way, [...(ways.get(way) ?? []), node]);
    lists.set(above, ways);
  }
  return new Map([...lists].map(([above, ways]) => [above, [...ways.values()]]));
}

class Drawing {
  readonly #lists: Map<string, GraphNode[][]>;
  readonly #wide: number;
  readonly #long: number;
  readonly at = new Map<string, { along: number; across: number }>();
  readonly frames: { id: string; along: number; across: number; long: number; wide: number }[] = [];

  constructor(
    nodes: readonly GraphNode[],
    readonly edges: readonly GraphEdge[],
    readonly direction: Direction,
  ) {
    this.#lists = listsOf(nodes);
    const right = direction === 'right';
    [this.#long, this.#wide] = right ? [NODE.width, NODE.height] : [NODE.height, NODE.width];
  }

  /** The whole. */
  all(): Box {
    return this.#list(this.#lists.get('')?.[0] ?? []);
  }

  get #gaps() {
    return GAPS[this.direction];
  }

  /** Steps one behind the other, on one line. */
  #list(steps: readonly GraphNode[]): Box {
    const boxes = steps.map((step) => ({ step, box: this.#step(step) }));
    const starts: number[] = [];
    let along = 0;
    for (const [nth, { box }] of boxes.entries()) {
      const before = boxes[nth - 1]?.step;
      if (before) along += this.#parts(before) ? this.#gaps.meet : this.#gaps.plain;
      starts.push(along);
      along += box.along;
    }
    return {
      along,
      before: Math.max(0, ...boxes.map(({ box }) => box.before)),
      after: Math.max(0, ...boxes.map(({ box }) => box.after)),
      put: (start, line) => boxes.forEach(({ box }, nth) => box.put(start + (starts[nth] ?? 0), line)),
    };
  }

  /** Whether ways begin here. */
  #parts(step: GraphNode): boolean {
    return step.kind === 'branch' && this.#lists.has(step.id);
  }

  #step(step: GraphNode): Box {
    const lists = this.#lists.get(step.id);
    if (!lists) return this.#alone(step);
    return step.kind === 'branch' ? this.#branch(step, lists) : this.#framed(step, lists.flat());
  }

  #alone(step: GraphNode): Box {
    return {
      along: this.#long,
      before: this.#wide / 2,
      after: this.#wide / 2,
      put: (start, line) => this.at.set(step.id, { along: start, across: line - this.#wide / 2 }),
    };
  }

  /** A branch and its ways, each on a line of its own; the branch's own line is free for what goes past them. */
  #branch(step: GraphNode, lists: readonly GraphNode[][]): Box {
    const own = this.#alone(step);
    const ways = lists.map((list) => this.#list(list));
    const ids = new Set(lists.flatMap((list) => list.map(({ id }) => id)));
    const past = this.edges.some(({ from, to }) => from === step.id && !ids.has(to));
    const lines: number[] = [];
    let reached = past ? own.after : undefined;
    for (const way of ways) {
      const line = reached === undefined ? 0 : reached + NODE.across + way.before;
      lines.push(line);
      reached = line + way.after;
    }
    return {
      along: own.along + this.#gaps.ways + Math.max(...ways.map((way) => way.along)),
      before: Math.max(own.before, past ? 0 : (ways[0]?.before ?? 0)),
      after: Math.max(own.after, reached ?? 0),
      put: (start, line) => {
        own.put(start, line);
        const first = start + own.along + this.#gaps.ways;
        ways.forEach((way, nth) => way.put(first, line + (lines[nth] ?? 0)));
      },
    };
  }

  /** A step that goes through a list, with the steps inside, in a frame. */
  #framed(step: GraphNode, steps: readonly GraphNode[]): Box {
    const own = this.#alone(step);
    const inside = this.#list(steps);
    const gap = this.#gaps.plain;
    const along = own.along + gap + inside.along + 2 * FRAME;
    const [before, after] = [
      Math.max(own.before, inside.before) + FRAME,
      Math.max(own.after, inside.after) + FRAME,
    ];
    return {
      along,
      before,
      after,
      put: (start, line) => {
        this.frames.push({
          id: step.id,
          along: start,
          across: line - before,
          long: along,
          wide: before + after,
        });
        own.put(start + FRAME, line);
        inside.put(start + FRAME + own.along + gap, line);
      },
    };
  }

  /** Where along the way an edge turns: behind the branch it parts from, or before the step it leads to. */
  turn({ from, to }: GraphEdge): number {
    const [a, b] = [this.at.get(from)?.along ?? 0, this.at.get(to)?.along ?? 0];
    const parts = this.#lists.get(from)?.some((list) => list.some(({ id }) => id === to)) ?? false;
    return parts ? a + this.#long + PART[this.direction] : b - TURN[this.direction];
  }
}

/** The place of each step, the frames around lists, and the size of the whole. */
export function place(
  nodes: readonly GraphNode[],
  edges: readonly GraphEdge[],
  direction: Direction,
): Picture {
  const drawing = new Drawing(nodes, edges, direction);
  const all = drawing.all();
  all.put(0, all.before);
  const right = direction === 'right';
  const point = (along: number, across: number) =>
    right ? { x: along, y: across } : { x: across, y: along };
  const size = (long: number, wide: number) =>
    right ? { width: long, height: wide } : { width: wide, height: long };
  return {
    at: new Map([...drawing.at].map(([id, { along, across }]) => [id, point(along, across)])),
    frames: drawing.frames.map(({ id, along, across, long, wide }) => ({
      id,
      ...point(along, across),
      ...size(long, wide),
    })),
    turns: new Map(edges.map((edge) => [edge.id, drawing.turn(edge)])),
    ...size(all.along, all.before + all.after),
  };
}

/** How it fits a width: to the right while that stays readable, else as it can be drawn larger. */
export function directionFor(
  nodes: readonly GraphNode[],
  edges: readonly GraphEdge[],
  width: number,
): Direction {
  const READABLE = 0.78;
  const right = place(nodes, edges, 'right').width;
  return right * READABLE <= width || right <= place(nodes, edges, 'down').width ? 'right' : 'down';
}
