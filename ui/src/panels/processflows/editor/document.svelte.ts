// A processflow that is open in the editor: one text, one history of changes, whichever view changes it.
import { history, isolateHistory, redo, redoDepth, undo, undoDepth } from '@codemirror/commands';
import { setDiagnostics } from '@codemirror/lint';
import { EditorState, Transaction, type Extension, type TransactionSpec } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';
import {
  call,
  Problem,
  type Edit,
  type Form,
  type Mark,
  type OpenDraft,
  type PathPart,
  type Saving,
} from '../../../api';
import { isWithin, parse, pathAt, type Path } from './place';
import { said } from '../../../i18n';
import { pieceOfMark, smallestChange } from './text';

/** Milliseconds of rest before a text is looked at. */
const REST = 120;

/** A problem, and the part of the file it is about. */
export interface Finding {
  mark: Mark;
  path: PathPart[];
}

/** A text that was changed here and elsewhere. */
export type Conflict = Extract<Saving, { outcome: 'conflict' }>;

export class OpenProcessflow {
  readonly name: string;
  /** Text, cursor and history; the text view shows exactly this one. */
  state: EditorState;
  /** As it lies on the disk. */
  saved = $state.raw('');
  /** What is deployed under its name. */
  deployed = $state.raw<string | null>(null);
  /** Nothing while the text is no YAML. */
  form = $state.raw<Form | null>(null);
  findings = $state.raw<Finding[]>([]);
  /** The text that `form` and `findings` are about. */
  examined = $state.raw<string>();
  conflict = $state.raw<Conflict>();
  saving = $state(false);
  /** Why the last saving failed. */
  problem = $state.raw<Problem>();
  text = $state.raw('');
  undoable = $state(false);
  redoable = $state(false);

  #base: string | null = null;
  #view: EditorView | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #newest = 0;
  /** What is typed in fields and is on its way into the text. */
  readonly #typed = new Set<Promise<unknown>>();

  constructor(draft: OpenDraft, extensions: Extension = []) {
    this.name = draft.name;
    this.state = EditorState.create({ doc: draft.text, extensions: [history(), extensions] });
    this.#base = draft.base;
    this.saved = draft.text;
    this.deployed = draft.deployed;
    this.text = draft.text;
    void this.#examine();
  }

  get dirty(): boolean {
    return this.text !== this.saved;
  }

  /** Nobody saved it yet: it is a deployed text that a draft begins with. */
  get unborn(): boolean {
    return this.#base === null;
  }

  get mistakes(): number {
    return this.findings.filter(({ mark }) => mark.severity === 'mistake').length;
  }

  /** The text view takes what it shows from here; until the returned function is called. */
  attach(view: EditorView): () => void {
    this.#view = view;
    return () => {
      this.#view = undefined;
      view.destroy();
    };
  }

  /** What the text view did. */
  took(transactions: readonly Transaction[], view: EditorView): void {
    view.update(transactions);
    this.#adopt(
      view.state,
      transactions.some((one) => one.docChanged),
    );
  }

  #apply(spec: TransactionSpec): void {
    if (this.#view) return this.#view.dispatch(spec);
    const transaction = this.state.update(spec);
    this.#adopt(transaction.state, transaction.docChanged);
  }

  #adopt(state: EditorState, changed: boolean): void {
    this.state = state;
    this.undoable = undoDepth(state) > 0;
    this.redoable = redoDepth(state) > 0;
    if (!changed) return;
    this.text = state.doc.toString();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#examine(), REST);
  }

  async #examine(): Promise<void> {
    const text = this.text;
    const mine = ++this.#newest;
    try {
      const [checked, form] = await Promise.all([
        call('check_processflow', { text }),
        call('read_form', { text }),
      ]);
      if (mine === this.#newest && text === this.text) this.#found(text, form, checked.problems);
    } catch (thrown) {
      if (mine === this.#newest) this.problem = Problem.of(thrown);
    }
  }

  #found(text: string, form: Form | null, problems: Mark[]): void {
    const tree = parse(text);
    this.form = form;
    this.examined = text;
    this.findings = problems.map((mark) => ({
      mark,
      path: pathAt(text, pieceOfMark(text, mark).from, tree),
    }));
    const diagnostics = problems.map((mark) => ({
      ...pieceOfMark(text, mark),
      severity: mark.severity === 'mistake' ? ('error' as const) : ('warning' as const),
      message: [said(mark.message), said(mark.hint)].filter(Boolean).join('\n'),
    }));
    this.#apply(setDiagnostics(this.state, diagnostics));
  }

  /** What is wrong with a part of the file and what lies in it. */
  findingsIn(path: Path): Finding[] {
    return this.findings.filter((finding) => isWithin(finding.path, path));
  }

  /**
   * Changes the text as the form wants it, one change after the other; comments and what is not touched stay.
   * @returns why it could not be done; nothing when it was.
   */
  async edit(edits: Edit[], typing = false): Promise<Problem | undefined> {
    if (!typing) await this.#settled();
    return this.#inTurn(async () => {
      const before = this.text;
      let edited;
      try {
        edited = await call('edit_processflow', { text: before, edits });
      } catch (thrown) {
        return Problem.of(thrown);
      }
      // Typed in the text meanwhile: the form's change belongs to a text that is no more.
      if (this.text !== before) return this.#again(edits);
      const changes = smallestChange(before, edited.text);
      if (!changes) return undefined;
      const alone = typing ? [] : [isolateHistory.of('full')];
      this.#apply({ changes, annotations: [Transaction.userEvent.of('input.type'), ...alone] });
      clearTimeout(this.#timer);
      this.#newest += 1;
      this.#found(edited.text, edited.form, edited.problems);
      return undefined;
    });
  }

  async #again(edits: Edit[]): Promise<Problem | undefined> {
    try {
      const { text } = await call('edit_processflow', { text: this.text, edits });
      this.replace(text);
      return undefined;
    } catch (thrown) {
      return Problem.of(thrown);
    }
  }

  /** Other changes wait for what was typed before them: they may move the place it belongs to. */
  waitFor(typed: Promise<unknown>): void {
    this.#typed.add(typed);
    void typed.finally(() => this.#typed.delete(typed));
  }

  async #settled(): Promise<void> {
    if (this.#typed.size > 0) await Promise.all(this.#typed);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(work, work);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  /** Another text altogether; it can be undone. */
  replace(text: string): void {
    const changes = smallestChange(this.text, text);
    if (changes) this.#apply({ changes, annotations: isolateHistory.of('full') });
  }

  /** Puts the cursor there, for the text view. */
  select(from: number, to = from): void {
    const last = this.state.doc.length;
    this.#apply({
      selection: { anchor: Math.min(from, last), head: Math.min(to, last) },
      scrollIntoView: true,
    });
    this.#view?.focus();
  }

  /** Takes the last change back, after those that are under way. */
  undo(): Promise<void> {
    return this.#step(undo);
  }

  /** Does what was taken back. */
  redo(): Promise<void> {
    return this.#step(redo);
  }

  async #step(command: typeof undo): Promise<void> {
    await this.#settled();
    return this.#inTurn(async () => {
      command({ state: this.state, dispatch: (transaction) => this.#dispatch(transaction) });
      clearTimeout(this.#timer);
      await this.#examine();
    });
  }

  #dispatch(transaction: Transaction): void {
    if (this.#view) return this.#view.dispatch(transaction);
    this.#adopt(transaction.state, transaction.docChanged);
  }

  /** Saves; false when it was changed elsewhere or could not be saved. */
  async save(): Promise<boolean> {
    await this.#settled();
    return this.#inTurn(() => this.#save(this.#base));
  }

  async #save(base: string | null): Promise<boolean> {
    const text = this.text;
    this.saving = true;
    this.problem = undefined;
    try {
      const saving = await call('save_draft', { name: this.name, text, base });
      this.conflict = saving.outcome === 'conflict' ? saving : undefined;
      if (saving.outcome === 'conflict') return false;
      this.#base = saving.base;
      this.saved = text;
      return true;
    } catch (thrown) {
      this.problem = Problem.of(thrown);
      return false;
    } finally {
      this.saving = false;
    }
  }

  /** Of two that differ, the one in this window: the file becomes it. */
  keepMine(): Promise<boolean> {
    const base = this.conflict?.theirs?.base ?? null;
    return this.#inTurn(() => this.#save(base));
  }

  /** Of two that differ, the one on the disk; what was here can be had back by undoing. */
  takeTheirs(): void {
    const theirs = this.conflict?.theirs;
    this.conflict = undefined;
    if (!theirs) return;
    this.#base = theirs.base;
    this.saved = theirs.text;
    this.replace(theirs.text);
  }

  /** Looks whether the file was changed elsewhere. True when the newer text was taken. */
  async look(): Promise<boolean> {
    if (this.saving || this.conflict) return false;
    const before = this.#base;
    const draft = await call('read_draft', { name: this.name }).catch(() => undefined);
    if (!draft || this.#base !== before) return false;
    this.deployed = draft.deployed;
    if (draft.base === null || draft.base === before) return false;
    const theirs = { name: draft.name, text: draft.text, base: draft.base };
    if (this.dirty && draft.text !== this.text) {
      this.conflict = { outcome: 'conflict', theirs, yours: this.text };
      return false;
    }
    this.#base = draft.base;
    this.saved = draft.text;
    this.replace(draft.text);
    return true;
  }
}
