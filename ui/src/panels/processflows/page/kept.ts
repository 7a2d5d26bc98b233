// Values that a processflow keeps: what is shown of them, and what a person means who types one.
import type { JsonValue, VariableRow } from '../../../api';

/** A value as it is shown and typed: a text as it stands, everything else as JSON has it. */
export function shownValue(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

/**
 * The value that was typed in place of another: a text stays one, whatever it looks like ("0017"); all else is JSON, and a
 * text where it is none, as on the command line.
 */
export function typedValue(before: VariableRow['value'], text: string): JsonValue {
  if (typeof before === 'string') return text;
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}
