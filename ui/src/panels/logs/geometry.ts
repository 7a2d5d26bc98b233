// Where lines stand: all have one height, but for those that are open.

/** Heights of what is drawn, in CSS pixels. */
export interface Heights {
  /** Of a line. */
  row: number;
  /** What open lines have in addition, by key. */
  extra: ReadonlyMap<number, number>;
}

/** Where the line at an index begins. */
export function offsetOf(index: number, first: number, { row, extra }: Heights): number {
  let offset = index * row;
  for (const [key, more] of extra) if (key >= first && key < first + index) offset += more;
  return offset;
}

/** The line that a place lies in. */
export function indexAt(place: number, count: number, first: number, heights: Heights): number {
  let low = 0;
  let high = Math.max(0, count - 1);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (offsetOf(middle, first, heights) <= place) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** How far what is looked at moves when other lines are the first ones now. */
export function shift(before: number, now: number, heights: Heights): number {
  if (now === before) return 0;
  return now < before ? offsetOf(before - now, now, heights) : -offsetOf(now - before, before, heights);
}
