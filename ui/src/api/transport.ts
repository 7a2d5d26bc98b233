// How a call leaves the page: through the window, or in development through the dev server.
import { Problem } from './problem';

/** Carries one call to the engine and its answer back; rejects with what the engine said. */
export type Transport = (name: string, input: unknown) => Promise<unknown>;

/** Whether this page stands in the program's window. */
export function inWindow(): boolean {
  return '__TAURI_INTERNALS__' in globalThis;
}

const throughWindow: Transport = async (name, input) => {
  const { invoke } = await import('@tauri-apps/api/core');
  return invoke('call', { name, input });
};

const throughBridge: Transport = async (name, input) => {
  const response = await fetch('/__call', { method: 'POST', body: JSON.stringify({ name, input }) });
  const { answer, error } = (await response.json()) as { answer?: unknown; error?: unknown };
  if (error !== undefined) throw Problem.of(error);
  return answer;
};

let transport: Transport | undefined;

/** Replaces the way out; for tests. */
export function useTransport(other: Transport | undefined): void {
  transport = other;
}

/** The way out that fits where the page stands. */
export function currentTransport(): Transport {
  return transport ?? (inWindow() || !import.meta.env.DEV ? throughWindow : throughBridge);
}
