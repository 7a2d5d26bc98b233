// One sentence with gaps: what it matches, and how the other language says it.

/** Gaps between which stands nothing, or only a space: what they hold is dealt out afterwards. */
export interface Group {
  gaps: number;
  between: string;
  /** Between backticks or quotation marks: a name, which ends where they end. */
  quoted: boolean;
}

export interface Pattern {
  match: RegExp;
  groups: Group[];
  /** What stands before, between and after the gaps: quicker to look for than to match. */
  parts: string[];
  /** Letters outside the gaps. */
  known: number;
  /** So short that it could be anything a person wrote; it is only looked for inside another sentence. */
  weak: boolean;
  other: string;
}

const WEAK = 5;

/** How many letters a text has: what is understood of a sentence is counted in them. */
export const letters = (text: string) => text.replace(/[^\p{L}]/gu, '').length;

/** Whether there is a gap in it. */
export const hasGap = (text: string) => literals(text).length > 1;

/** With braces that are meant, `{{`, as they are read. */
export const unbraced = (text: string) => text.replaceAll('{{', '{').replaceAll('}}', '}');

/** What stands before, between and after the gaps. */
function literals(text: string): string[] {
  const parts = [''];
  let end = 0;
  const add = (more: string) => parts.push((parts.pop() ?? '') + more);
  for (const { 0: brace, index } of text.matchAll(/\{\{|\}\}|\{\}/g)) {
    add(text.slice(end, index));
    if (brace === '{}') parts.push('');
    else add(brace.charAt(0));
    end = index + 2;
  }
  add(text.slice(end));
  return parts;
}

/** The pattern of a sentence, its gaps written `{}`. */
export function pattern(text: string, other: string): Pattern {
  const parts = literals(text);
  const groups: Group[] = [];
  let source = escaped(parts[0] ?? '');
  let before = parts[0] ?? '';
  parts.slice(1).forEach((literal, nth) => {
    const inCode = before.split('`').length % 2 === 0;
    const quoted = inCode || before.endsWith('"');
    const between = parts[nth] ?? '';
    const last = groups.at(-1);
    if (last && !last.quoted && !quoted && between.trim() === '') {
      source = source.slice(0, source.length - between.length);
      Object.assign(last, { gaps: last.gaps + 1, between });
    } else {
      groups.push({ gaps: 1, between: '', quoted });
      source += inCode ? '([^`]*?)' : quoted ? '([^"]*?)' : '([^]*?)';
    }
    source += escaped(literal);
    before += literal;
  });
  const known = letters(parts.join(''));
  return {
    match: new RegExp(`^${source}$`, 'u'),
    groups,
    parts,
    known,
    weak: known < WEAK && !/[`:]/.test(text),
    other,
  };
}

/** Whether a text can match at all: its parts stand in it, in their order. */
export function canMatch({ parts }: Pattern, text: string): boolean {
  if (!text.startsWith(parts[0] ?? '') || !text.endsWith(parts.at(-1) ?? '')) return false;
  let from = 0;
  return parts.every((part) => {
    const at = text.indexOf(part, from);
    from = at + part.length;
    return at >= 0;
  });
}

const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/** The other language's sentence with these values in its gaps: `{}` takes the next one, `{2}` the second. */
export function filled(other: string, values: readonly string[]): string {
  let next = 0;
  return other.replace(/\{\{|\}\}|\{(\d*)\}/g, (gap, number?: string) => {
    if (gap === '{{' || gap === '}}') return gap.charAt(0);
    return values[number ? Number(number) - 1 : next++] ?? '';
  });
}
