/** A part of a sentence; what stood between backticks is `code`. */
export interface Piece {
  text: string;
  code: boolean;
}

/** Cuts a sentence of the engine at its backticks. One that has no partner stays what it is: a character. */
export function pieces(sentence: string): Piece[] {
  const parts = sentence.split('`');
  const even = parts.length % 2 === 1;
  const closed = even ? parts : [...parts.slice(0, -2), parts.slice(-2).join('`')];
  return closed
    .map((text, nth) => ({ text, code: nth % 2 === 1 }))
    .filter(({ text, code }) => code || text !== '');
}
