// Light, dark, or as the system has it. Sets `data-theme` on <html>; tokens.css does the rest.

/** What a person chose. */
export type ThemeChoice = 'system' | 'light' | 'dark';
/** What is drawn. */
type Theme = 'light' | 'dark';

let choice = $state<ThemeChoice>('system');
let drawn = $state<Theme>('light');

function dark(): MediaQueryList {
  return window.matchMedia('(prefers-color-scheme: dark)');
}

function apply(): void {
  drawn = choice === 'system' ? (dark().matches ? 'dark' : 'light') : choice;
  document.documentElement.dataset.theme = drawn;
}

/** Draws as chosen, and follows the system while that is the choice. Called once, at the start. */
export function startTheme(first: ThemeChoice): void {
  dark().addEventListener('change', apply);
  chooseTheme(first);
}

/** Changes what is drawn. */
export function chooseTheme(next: ThemeChoice): void {
  choice = next;
  apply();
}

/** What is drawn now: for graphs and editors that colour themselves. */
export function currentTheme(): Theme {
  return drawn;
}
