import type { ProcessflowOverview } from '../../../api';

/** Which processflows a person wants to see. */
export const PARTS = ['all', 'deployed', 'drafts', 'trouble'] as const;
export type Part = (typeof PARTS)[number];

/** Reads it from the address. */
export function partOf(text: string | null): Part {
  return PARTS.find((part) => part === text) ?? 'all';
}

function belongs({ deployed, draft, changed, standing }: ProcessflowOverview, part: Part): boolean {
  if (part === 'deployed') return deployed !== null;
  if (part === 'drafts') return draft !== null && (deployed === null || changed);
  if (part === 'all') return true;
  return standing.state === 'waiting' || standing.state === 'file_broken' || (deployed?.failed ?? 0) > 0;
}

/** Those to show: of that part, with all words in name or description. */
export function shownOf(
  flows: readonly ProcessflowOverview[],
  part: Part,
  text: string,
): ProcessflowOverview[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return flows.filter((flow) => {
    const said = `${flow.name} ${flow.description ?? ''}`.toLowerCase();
    return belongs(flow, part) && words.every((word) => said.includes(word));
  });
}
