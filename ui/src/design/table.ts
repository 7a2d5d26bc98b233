/** A column of a DataTable. */
export interface Column<Row> {
  key: string;
  /** The heading. */
  label: string;
  /** A track of CSS grid: `12rem`, `minmax(8rem, 1fr)`. */
  width?: string;
  /** Numbers stand at the end, with figures of one width. */
  align?: 'start' | 'end';
  sortable?: boolean;
  /** The words of a cell, where the table's `cell` draws nothing of its own. */
  text?: (row: Row) => string;
}

/** How rows are ordered. */
export interface Sort {
  key: string;
  down: boolean;
}

/** The order a click on a heading leads to: up, down, up. */
export function nextSort(sort: Sort | undefined, key: string): Sort {
  return { key, down: sort?.key === key ? !sort.down : false };
}

/** The row a key leads to, or undefined when the key means something else. */
export function nextRow(key: string, at: number, count: number, page: number): number | undefined {
  const targets: Record<string, number> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + page,
    PageUp: at - page,
    Home: 0,
    End: count - 1,
  };
  const target = targets[key];
  return target === undefined ? undefined : Math.max(0, Math.min(count - 1, target));
}
