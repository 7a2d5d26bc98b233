import { afterEach, expect, it } from 'vitest';
import { useTransport } from '../../../api/transport';
import { OpenProcessflow } from './document.svelte';
import { remove, set, Typing } from './typing.svelte';

/** The engine with one draft; an edit writes what it was told behind the text. */
function engine(disk: { text: string; base: string } | null) {
  const kept = { disk, saved: [] as unknown[] };
  useTransport(async (name, input) => {
    const { text = '', base, edits } = input as { text?: string; base?: string | null; edits?: unknown[] };
    if (name === 'check_processflow') return { problems: [] };
    if (name === 'read_form') return { processflow: text };
    if (name === 'edit_processflow') {
      await Promise.resolve();
      return { text: `${text}${JSON.stringify(edits)}\n`, form: { processflow: text }, problems: [] };
    }
    if (name === 'read_draft') {
      return {
        name: 'a',
        text: kept.disk?.text ?? 'deployed',
        base: kept.disk?.base ?? null,
        deployed: null,
      };
    }
    if (name !== 'save_draft') throw new Error(name);
    kept.saved.push({ text, base });
    if ((kept.disk?.base ?? null) !== base) {
      return { outcome: 'conflict', theirs: kept.disk && { name: 'a', ...kept.disk }, yours: text };
    }
    kept.disk = { text, base: `of ${text}` };
    return { outcome: 'saved', base: kept.disk.base };
  });
  return kept;
}
const open = (text: string, base: string | null = 'first') =>
  new OpenProcessflow({ name: 'a', text, base, deployed: null, folder: '', file: '' } as never);

// A text is looked at a moment after it changed: whoever asks late gets no answer, and no test needs one.
afterEach(() => useTransport(() => new Promise(() => undefined)));

it('saves what is shown, and knows afterwards that nothing is left to save', async () => {
  const kept = engine({ text: 'one', base: 'first' });
  const flow = open('one');
  flow.replace('two');
  expect(flow.dirty).toBe(true);
  expect(await flow.save()).toBe(true);
  expect(flow.dirty).toBe(false);
  expect(kept.saved).toEqual([{ text: 'two', base: 'first' }]);
});

it('overwrites nobody: a file changed elsewhere is shown, and "keep mine" saves over exactly that', async () => {
  const kept = engine({ text: 'theirs', base: 'second' });
  const flow = open('one');
  flow.replace('mine');
  expect(await flow.save()).toBe(false);
  expect(flow.conflict?.theirs?.text).toBe('theirs');
  expect(kept.disk?.text).toBe('theirs');
  expect(await flow.keepMine()).toBe(true);
  expect(kept.disk?.text).toBe('mine');
  expect(flow.conflict).toBeUndefined();
});

it('asks again when the file changed once more before "keep mine"', async () => {
  const kept = engine({ text: 'theirs', base: 'second' });
  const flow = open('one');
  flow.replace('mine');
  await flow.save();
  kept.disk = { text: 'third', base: 'third' };
  expect(await flow.keepMine()).toBe(false);
  expect(flow.conflict?.theirs?.text).toBe('third');
  expect(kept.disk.text, 'what nobody has seen is not overwritten').toBe('third');
});

it('a removed file comes back by "keep mine"', async () => {
  const kept = engine(null);
  const flow = open('one');
  flow.replace('mine');
  expect(await flow.save()).toBe(false);
  expect(flow.conflict?.theirs).toBeNull();
  expect(await flow.keepMine()).toBe(true);
  expect(kept.disk).toMatchObject({ text: 'mine' });
});

it('takes theirs, and undoing brings mine back', async () => {
  engine({ text: 'theirs', base: 'second' });
  const flow = open('one');
  flow.replace('mine');
  await flow.save();
  flow.takeTheirs();
  expect([flow.text, flow.dirty]).toEqual(['theirs', false]);
  await flow.undo();
  expect([flow.text, flow.dirty]).toEqual(['mine', true]);
  await flow.redo();
  expect(flow.text).toBe('theirs');
});

it('takes a newer file by itself only while nothing is unsaved here', async () => {
  const kept = engine({ text: 'one', base: 'first' });
  const flow = open('one');
  expect(await flow.look()).toBe(false);
  kept.disk = { text: 'newer', base: 'second' };
  expect(await flow.look()).toBe(true);
  expect([flow.text, flow.dirty]).toEqual(['newer', false]);
  flow.replace('mine');
  kept.disk = { text: 'newest', base: 'third' };
  expect(await flow.look()).toBe(false);
  expect([flow.text, flow.conflict?.theirs?.text]).toEqual(['mine', 'newest']);
});

it('changes of the form come one after the other, and none is lost to what is typed meanwhile', async () => {
  engine(null);
  const flow = open('');
  const edits = (name: string) => [{ path: [name], change: 'remove' as const }];
  await Promise.all([flow.edit(edits('a')), flow.edit(edits('b'))]);
  expect(flow.text.match(/"path":\["(\w)"\]/g)).toEqual(['"path":["a"]', '"path":["b"]']);
  const under = flow.edit(edits('c'));
  flow.replace(`typed\n${flow.text}`);
  await under;
  expect(flow.text).toMatch(/^typed\n/);
  expect(flow.text).toContain('"path":["c"]');
});

it('lets what was typed get to its place before a change that moves it', async () => {
  const kept = engine({ text: '', base: 'first' });
  const flow = open('');
  const typing = new Typing(
    flow,
    () => '',
    (text) => [set(['a'], text)],
  );
  typing.value = '1';
  typing.value = '1 s';
  await flow.edit([remove(['b'])]);
  expect(flow.text.match(/"set":"1 s"|"remove"/g)).toEqual(['"set":"1 s"', '"remove"']);
  typing.value = '2';
  typing.value = '2 s';
  await flow.save();
  expect(kept.disk?.text, 'what was typed last is saved').toContain('"set":"2 s"');
});
