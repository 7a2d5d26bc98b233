import type { QuotaLeft } from '../api';

/** The request budget that matters most now. */
export interface Budget {
  store: string;
  left: number;
  quota: number;
  /** When it is whole again. */
  at: string;
  /** The store asked to slow down; it is asked again at `at`. */
  slow: boolean;
}

/** Of all stores the one that waits, else the one with the smallest share left; what was reset since is whole again. */
export function scarcest(quotas: readonly QuotaLeft[], now: number): Budget | undefined {
  const budgets = quotas.map((said): Budget => {
    const { store, quota } = said;
    const slow = said.waits_until !== null && Date.parse(said.waits_until) > now;
    const left = Date.parse(said.resets_at) > now ? said.left : quota;
    return { store, quota, left, slow, at: slow ? (said.waits_until ?? said.resets_at) : said.resets_at };
  });
  const share = ({ slow, left, quota }: Budget) => (slow ? -1 : left / Math.max(quota, 1));
  return budgets.sort((a, b) => share(a) - share(b))[0];
}
