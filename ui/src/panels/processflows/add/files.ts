// From what was dropped or chosen to what the engine takes: a processflow file alone, or with README and cases.
import { Problem, type ImportProcessflow } from '../../../api';
import { t } from '../../../i18n';

/** A file with its way below what was dropped: `orders/cases/paid.yaml`. */
export interface Dropped {
  path: string;
  file: File;
}

/** Bytes of one import at most; the engine has limits of its own, this one keeps a video out of memory. */
const MOST = 8 * 1024 * 1024;
/** Files of one import at most. */
const MOST_FILES = 500;
const FILE = /(^|\/)processflow\.ya?ml$/i;
const YAML = /\.ya?ml$/i;

/** All files below a dropped entry. */
async function filesBelow(entry: FileSystemEntry, found: Dropped[]): Promise<void> {
  if (found.length > MOST_FILES) return;
  if (entry.isFile) {
    const file = await new Promise<File>((done, fail) => (entry as FileSystemFileEntry).file(done, fail));
    found.push({ path: entry.fullPath.replace(/^\//, ''), file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // A folder is told in pieces, until one is empty.
    const entries = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));
    if (entries.length === 0) return;
    for (const inner of entries) await filesBelow(inner, found);
  }
}

/** What was dropped; entries have to be taken before the event is over. */
export function dropped(transfer: DataTransfer): () => Promise<Dropped[]> {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  const files = [...transfer.files];
  return async () => {
    // Files need no walk, and some webviews cannot walk to one that lies nowhere on the disk.
    if (!entries.some((entry) => entry.isDirectory)) return files.map((file) => ({ path: file.name, file }));
    const found: Dropped[] = [];
    for (const entry of entries) await filesBelow(entry, found);
    return found;
  };
}

/** What the engine takes for these files. */
export async function importOf(files: readonly Dropped[]): Promise<ImportProcessflow> {
  const flows = files.filter(({ path }) => FILE.test(path));
  const yaml = files.filter(({ path }) => YAML.test(path));
  if (flows.length > 1) throw refusal('processflows:import.wrong.several');
  const flow = flows[0] ?? (yaml.length === 1 ? yaml[0] : undefined);
  if (!flow) throw refusal('processflows:import.wrong.none');
  const folder = flow.path.slice(0, flow.path.lastIndexOf('/') + 1);
  const mine = files.filter(({ path }) => path.startsWith(folder));
  const readme = mine.find(({ path }) => path.slice(folder.length).toLowerCase() === 'readme.md');
  const cases = mine.filter(({ path }) => /^cases\/[^/]+$/.test(path.slice(folder.length)));
  const taken = [flow, ...(readme ? [readme] : []), ...cases];
  if (taken.reduce((sum, { file }) => sum + file.size, 0) > MOST)
    throw refusal('processflows:import.wrong.large');
  const texts = cases.map(
    async ({ path, file }) => [path.slice(folder.length + 6), await file.text()] as const,
  );
  return {
    text: await flow.file.text(),
    readme: readme ? await readme.file.text() : null,
    cases: Object.fromEntries(await Promise.all(texts)),
  };
}

function refusal(key: string): Problem {
  return new Problem('rejected', t(key), { hint: t('processflows:import.wrong.hint') });
}
