// Signing in through a browser: what waits in this window, by connection. It outlives the form, which is drawn anew once a
// connection is saved.
import { call, Problem, type SignInBegun, type SignInDone } from '../../api';
import { forgetTried } from './validation.svelte';

/** A sign-in of this window. */
export interface SigningIn {
  state: 'beginning' | 'waiting' | 'done' | 'failed';
  begun?: SignInBegun | undefined;
  done?: SignInDone | undefined;
  problem?: Problem | undefined;
}

let all = $state.raw<Record<string, SigningIn>>({});

function set(name: string, value: SigningIn | undefined): void {
  const { [name]: _, ...rest } = all;
  all = value ? { ...rest, [name]: value } : rest;
}

/** The sign-in of a connection; reactive. */
export function signInOf(name: string): SigningIn | undefined {
  return all[name];
}

/** Begins one; the agent waits for the browser for some minutes. */
export async function signIn(name: string, byHand = false): Promise<void> {
  set(name, { state: 'beginning' });
  try {
    const begun = await call('begin_sign_in', { name, by_hand: byHand });
    set(name, { state: 'waiting', begun });
    if (begun.listens) await finish(name, begun, null);
  } catch (thrown) {
    set(name, { state: 'failed', problem: Problem.of(thrown) });
  }
}

/** Hands over what a person pasted. */
export async function paste(name: string, text: string): Promise<void> {
  const begun = all[name]?.begun;
  if (begun) await finish(name, begun, text);
}

async function finish(name: string, begun: SignInBegun, pasted: string | null): Promise<void> {
  let ended: SigningIn;
  try {
    const done = await call('finish_sign_in', { ticket: begun.ticket, pasted });
    ended = { state: 'done', done };
  } catch (thrown) {
    ended = { state: 'failed', problem: Problem.of(thrown) };
  }
  // Another may have begun meanwhile, or a person looked away.
  if (all[name]?.begun?.ticket !== begun.ticket) return;
  forgetTried(name);
  set(name, ended);
}

/** Ends one that waits. */
export function cancelSignIn(name: string): void {
  const ticket = all[name]?.begun?.ticket;
  set(name, undefined);
  if (ticket) void call('cancel_sign_in', { ticket }).catch(() => undefined);
}
