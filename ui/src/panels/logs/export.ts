// Lines of the log in a file of the person's own.
import { call, type Filter, type Line } from '../../api';
import { inWindow } from '../../api/transport';

/** What was written, and where; nothing when no file was chosen. */
export interface Written {
  lines: number;
  /** Where, if the person chose a place. */
  file?: string;
}

const PAGE = 2000;

/** Lets a person choose a file and writes the lines that match. */
export async function exportLines(filter: Filter, title: string): Promise<Written | undefined> {
  const name = `processflow-log-${new Date().toISOString().slice(0, 16).replace(/[:T]/g, '-')}.jsonl`;
  if (!inWindow()) return download(filter, name);
  const file = await call('window.save_file', { title, name });
  if (!file) return undefined;
  const { lines } = await call('export_logs', { filter, file });
  return { lines, file };
}

/** A browser knows no places: the lines become a download. */
async function download(filter: Filter, name: string): Promise<Written> {
  const parts: string[] = [];
  let after = '@0';
  for (;;) {
    const page = await call('logs', { filter: { ...filter, limit: PAGE }, after });
    parts.push(...page.lines.map((line: Line) => `${JSON.stringify(line)}\n`));
    if (page.end === after) break;
    after = page.end;
  }
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob(parts, { type: 'application/x-ndjson' }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
  return { lines: parts.length };
}
