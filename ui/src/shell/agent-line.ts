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

/** Who used a store's budget in its present window, and how long it lasts. */
export interface Use {
  left: number;
  used: number;
  ours: number;
  others: number;
  /** The store asked to wait until `at`; used up `at` that time at this pace; or enough until it is whole again. */
  forecast: 'slow' | 'usedUp' | 'lasts';
  at: string;
}

/** What a store said, as it stands now: what was reset since is whole again. */
export function useOf(said: QuotaLeft, now: number): Use {
  const isOver = Date.parse(said.resets_at) <= now;
  const left = isOver ? said.quota : said.left;
  const used = said.quota - left;
  const ours = Math.min(isOver ? 0 : said.ours, used);
  const use = { left, used, ours, others: used - ours };
  if (said.waits_until !== null && Date.parse(said.waits_until) > now) {
    return { ...use, forecast: 'slow', at: said.waits_until };
  }
  if (said.used_up_at !== null && !isOver) return { ...use, forecast: 'usedUp', at: said.used_up_at };
  return { ...use, forecast: 'lasts', at: said.resets_at };
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
