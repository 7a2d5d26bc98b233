// A record that a person corrects before it is sent again: text of JSON, checked while typing.
import { layOut } from './json-text';

/** What is wrong with the text; nothing when it can be sent. */
export type Wrong = { kind: 'json'; line: number; column: number } | { kind: 'object' };

/** The record that a text is, laid out with the digits it has; or what is wrong with it. */
export function read(text: string): { record: string } | { wrong: Wrong } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    return { wrong: { kind: 'json', ...placeOf(text, thrown instanceof Error ? thrown.message : '') } };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { wrong: { kind: 'object' } };
  return { record: layOut(text) };
}

/** Engines tell the place as an offset, as line and column, or not at all; then it is looked for. */
function placeOf(text: string, message: string): { line: number; column: number } {
  const told = /line (\d+) column (\d+)/.exec(message);
  if (told) return { line: Number(told[1]), column: Number(told[2]) };
  const offset = Number(/position (\d+)/.exec(message)?.[1] ?? text.length);
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
