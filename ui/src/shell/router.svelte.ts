// Where the window is: `#/runs/01a1…?outcome=Failed`. One route at a time; a panel with unsaved changes may hold it.

/** Where the window is. */
export interface Route {
  /** The panel: `runs`. */
  panel: string;
  /** What follows it: `['01a1…']`. */
  path: string[];
  /** What stands behind the question mark. */
  query: URLSearchParams;
}

/** Asked before a panel is left; false stays. */
export type Guard = () => boolean | Promise<boolean>;

const HOME = '#/connections';

let current = $state.raw<Route>(parse(HOME));
let shown = HOME;
let movements = 0;
let guard: Guard | undefined;
let asking = false;

/** Reads `#/panel/a/b?x=y`. */
export function parse(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [panel = '', ...rest] = path.split('/').map(decoded);
  return { panel, path: rest.filter((part) => part !== ''), query: new URLSearchParams(query) };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Writes a link: `link('runs', id)`. Empty and missing query values are left out. */
export function link(
  panel: string,
  ...rest: (string | number | Record<string, string | null | undefined>)[]
): string {
  const last = rest.at(-1);
  const query = new URLSearchParams();
  if (typeof last === 'object') {
    for (const [key, value] of Object.entries(last)) if (value) query.set(key, value);
  }
  const path = rest.filter((part) => typeof part !== 'object').map((part) => encodeURIComponent(part));
  const text = query.toString();
  return `#/${[panel, ...path].join('/')}${text ? `?${text}` : ''}`;
}

/** Where the window is now; reactive. */
export function route(): Route {
  return current;
}

/** Goes there; `replace` leaves no step for going back: for filters and selections. */
export function go(hash: string, options: { replace?: boolean } = {}): void {
  if (options.replace) {
    history.replaceState(null, '', hash);
    show(hash);
  } else {
    location.hash = hash;
  }
}

/** Asks before the present route is left, until the returned function is called. */
export function holdRoute(mine: Guard): () => void {
  guard = mine;
  return () => {
    if (guard === mine) guard = undefined;
  };
}

/** Whether anybody went anywhere since the page was opened. */
export function hasMoved(): boolean {
  return movements > 1;
}

function show(hash: string): void {
  movements += 1;
  shown = hash;
  current = parse(hash);
}

async function moved(): Promise<void> {
  const wanted = location.hash || HOME;
  if (wanted === shown) return;
  if (!guard) return show(wanted);
  // The address goes back to what is still shown until the question is answered.
  history.replaceState(null, '', shown);
  if (asking) return;
  asking = true;
  const leave = await guard();
  asking = false;
  if (!leave) return;
  guard = undefined;
  history.replaceState(null, '', wanted);
  show(wanted);
}

/** Begins to follow the address. Called once. */
export function startRouter(): void {
  window.addEventListener('hashchange', () => void moved());
  show(location.hash || HOME);
}
