/** A word that goes by itself: something a person did came about. What a person must see stays where it belongs instead. */
export interface Toast {
  id: number;
  tone: 'ok' | 'info' | 'bad';
  text: string;
  /** One thing that can be done about it. */
  action?: { label: string; run: () => void } | undefined;
}

/** Milliseconds a toast stays; nothing can be done about one that has gone, so those with an action stay longer. */
const STAY = 5_000;
const STAY_WITH_ACTION = 12_000;

let list = $state<Toast[]>([]);
let last = 0;

/** Those on show. */
export function toasts(): readonly Toast[] {
  return list;
}

/** Shows one. */
export function toast(tone: Toast['tone'], text: string, action?: Toast['action']): void {
  const id = ++last;
  list = [...list.slice(-3), { id, tone, text, action }];
  setTimeout(() => dismissToast(id), action ? STAY_WITH_ACTION : STAY);
}

/** Takes one away. */
export function dismissToast(id: number): void {
  list = list.filter((toast) => toast.id !== id);
}
