// A difference as people read it: what changed with a few lines around it, the rest folded away.
import type { DifferentLine } from '../../../api';

/** Lines of what stayed the same around what changed. */
const AROUND = 3;

/** Lines to show, or a fold of lines that are the same in both. */
export type Part =
  { kind: 'lines'; from: number; lines: DifferentLine[] } | { kind: 'fold'; from: number; count: number };

/** The parts of a difference; a fold of one or two lines would hide less than it takes. */
export function partsOf(lines: readonly DifferentLine[]): Part[] {
  const near = lines.map(() => false);
  lines.forEach((line, at) => {
    if (line.stands === 'same') return;
    for (let place = at - AROUND; place <= at + AROUND; place++) {
      if (place >= 0 && place < lines.length) near[place] = true;
    }
  });
  const parts: Part[] = [];
  for (let at = 0; at < lines.length;) {
    let to = at;
    while (to < lines.length && near[to] === near[at]) to += 1;
    const fold = !near[at] && to - at > 2;
    parts.push(
      fold
        ? { kind: 'fold', from: at, count: to - at }
        : { kind: 'lines', from: at, lines: lines.slice(at, to) },
    );
    at = to;
  }
  return parts;
}
