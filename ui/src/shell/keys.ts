/** What the shell does at a key. */
export interface Keys {
  panel: (number: number) => void;
  search: () => void;
  help: () => void;
}

/** Whether keys are letters here, not commands. */
function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/** Whether something stands on top that keeps the keys to itself. */
function isCovered(): boolean {
  return document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"]') !== null;
}

/** Listens to the shell's keys; returns what ends it. */
export function listenToKeys(keys: Keys): () => void {
  const pressed = (event: KeyboardEvent) => {
    const command = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    if (event.defaultPrevented || isCovered()) return;
    if (command && /^[1-9]$/.test(event.key)) keys.panel(Number(event.key));
    else if (command && event.key.toLowerCase() === 'k') keys.search();
    else if (event.key === '?' && !event.ctrlKey && !event.metaKey && !isTyping(event.target)) keys.help();
    else return;
    event.preventDefault();
  };
  window.addEventListener('keydown', pressed);
  return () => window.removeEventListener('keydown', pressed);
}
