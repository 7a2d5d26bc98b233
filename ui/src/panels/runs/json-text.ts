// JSON as text. A window reads numbers as floats: what is to be shown or sent back with the digits it has stays text.

/** Strings, single marks, and what stands between them: numbers and words. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;
const OPENS: Record<string, string> = { '{': '}', '[': ']' };

/** JSON text as people read it, each number and string letter by letter as it was; any other text as it is. */
export function layOut(text: string): string {
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  const tokens = text.match(TOKENS) ?? [];
  let out = '';
  let depth = 0;
  const line = () => `\n${'  '.repeat(depth)}`;
  tokens.forEach((token, index) => {
    const before = tokens[index - 1] ?? '';
    if (token === '}' || token === ']') {
      depth -= 1;
      out += OPENS[before] === token ? token : line() + token;
      return;
    }
    if (before in OPENS || before === ',') out += line();
    out += token === ':' ? ': ' : token;
    if (token in OPENS) depth += 1;
  });
  return out;
}
