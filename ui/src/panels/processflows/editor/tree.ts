// The fields of a sample record as a tree to search in, each with the expression that reaches it.

/** A field of a record. */
export interface Leaf {
  /** What it is called where it stands. */
  name: string;
  /** How an expression reaches it. */
  expression: string;
  depth: number;
  /** Its value as JSON; of a list or object how many it holds. */
  value: string;
  /** It holds others. */
  inner: 'list' | 'object' | undefined;
}

const MOST_ELEMENTS = 1;
const PLAIN = /^[A-Za-z_]\w*$/;

function reach(above: string, name: string): string {
  if (PLAIN.test(name)) return above ? `${above}.${name}` : name;
  return `${above || 'record'}[${JSON.stringify(name)}]`;
}

/** All fields of a record, in its order. Of a list the first element stands for all. */
export function leavesOf(body: string): Leaf[] {
  const leaves: Leaf[] = [];
  const walk = (value: unknown, above: string, depth: number): void => {
    if (typeof value !== 'object' || value === null) return;
    const entries: [string, unknown, string][] = Array.isArray(value)
      ? value.slice(0, MOST_ELEMENTS).map((one, at) => [`${at}`, one, `${above}[${at}]`])
      : Object.entries(value).map(([name, one]) => [name, one, reach(above, name)]);
    for (const [name, one, expression] of entries) {
      const list = Array.isArray(one);
      const inner = list ? 'list' : typeof one === 'object' && one !== null ? 'object' : undefined;
      const count = inner === undefined ? 0 : Object.keys(one as object).length;
      leaves.push({
        name: Array.isArray(value) ? `[${name}]` : name,
        expression,
        depth,
        value: inner ? (list ? `[ ${count} ]` : `{ ${count} }`) : JSON.stringify(one),
        inner,
      });
      walk(one, expression, depth + 1);
    }
  };
  try {
    walk(JSON.parse(body), '', 0);
  } catch {
    return [];
  }
  return leaves;
}

/** Those whose expression or value holds a text. */
export function found(leaves: readonly Leaf[], text: string): readonly Leaf[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return leaves;
  return leaves.filter(
    ({ expression, value, inner }) =>
      expression.toLowerCase().includes(wanted) || (!inner && value.toLowerCase().includes(wanted)),
  );
}
