import type { Graph, StepConsent } from '../../../api';

/** A table (or what the destination has instead) that is made where it is missing. */
export interface NewTable {
  step: string;
  alias: string;
  name: string;
  columns: { name: string; type: string }[];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What the destinations will make where it is missing; the graph knows what a step's table is called. */
export function tablesOf(does: readonly StepConsent[], graph: Graph | null): NewTable[] {
  return does.flatMap(({ step, alias, action, creates }) => {
    if (!isRecord(creates)) return [];
    const columns = Object.entries(creates).map(([name, type]) => ({
      name,
      type: typeof type === 'string' ? type : JSON.stringify(type),
    }));
    const name = graph?.nodes.find(({ id }) => id === step)?.target ?? action;
    return [{ step, alias, name, columns }];
  });
}
