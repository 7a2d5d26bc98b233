// The phrases of the language in use. English has none: the agent speaks it. The others come when they are needed.
import type { Phrasebook } from './phrasebook';

/** Languages the agent's own sentences are translated to. */
const BOOKS: Record<string, () => Promise<{ default: Phrasebook }>> = { de: () => import('./german') };

const books = new Map<string, Phrasebook>();

/** Loads a language's phrases. Without them sentences stay English, which is better than no window. */
export async function loadPhrases(language: string): Promise<void> {
  if (books.has(language)) return;
  const book = await BOOKS[language]?.().catch((error: unknown) => console.error(error));
  if (book) books.set(language, book.default);
}

/** The phrases of a language, once they are loaded. */
export function phrasesOf(language: string): Phrasebook | undefined {
  return books.get(language);
}
