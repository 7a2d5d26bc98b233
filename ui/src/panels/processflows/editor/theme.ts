// The look of text in CodeMirror: our tokens and nothing of its own.
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const popup = {
  border: '1px solid var(--border)',
  borderRadius: 'var(--r3)',
  background: 'var(--surface)',
  color: 'var(--text)',
  boxShadow: 'var(--shadow-2)',
};

const shared = EditorView.theme({
  '&': { color: 'var(--text)', backgroundColor: 'var(--surface)', fontSize: 'var(--text-sm)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.6' },
  '.cm-content': { caretColor: 'var(--text)', padding: 'var(--s2) 0' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    background: 'var(--accent-line)',
  },
  '.cm-tooltip': { ...popup, zIndex: 'var(--z-menu)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)', maxHeight: '18rem' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '0.25rem var(--s2)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    background: 'var(--accent-soft)',
    color: 'var(--text)',
  },
  '.cm-completionMatchedText': {
    textDecoration: 'none',
    color: 'var(--accent-text)',
    fontWeight: 'var(--strong)',
  },
  '.cm-completionDetail': { fontFamily: 'var(--font)', fontStyle: 'normal', color: 'var(--text-2)' },
  '.cm-tooltip.cm-completionInfo': {
    ...popup,
    padding: 'var(--s2) var(--s3)',
    maxWidth: '22rem',
    fontFamily: 'var(--font)',
    fontSize: 'var(--text-sm)',
  },
  '.cm-tooltip-hover': { maxWidth: '28rem', fontFamily: 'var(--font)', fontSize: 'var(--text-sm)' },
  '.pf-meaning': { padding: 'var(--s2) var(--s3)' },
  '.pf-meaning .title': { fontWeight: 'var(--strong)' },
  '.cm-diagnostic': { padding: 'var(--s2) var(--s3)', borderLeft: 'none', whiteSpace: 'pre-line' },
  '.cm-diagnostic-error': { color: 'var(--bad)' },
  '.cm-diagnostic-warning': { color: 'var(--warn)' },
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--bad) 1px',
    textUnderlineOffset: '3px',
  },
  '.cm-lintRange-warning': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--warn) 1px',
    textUnderlineOffset: '3px',
  },
});

const page = EditorView.theme({
  '&': { height: '100%' },
  '.cm-gutters': { background: 'var(--surface)', color: 'var(--text-3)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': { background: 'var(--surface-2)' },
  '.cm-activeLine': { background: 'color-mix(in srgb, var(--surface-2) 55%, transparent)' },
  '.cm-lineNumbers .cm-gutterElement': { padding: '0 var(--s2) 0 var(--s3)' },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': {
    background: 'var(--accent-soft)',
    outline: 'none',
  },
  '.cm-searchMatch': { background: 'var(--warn-soft)', outline: '1px solid var(--warn-line)' },
  '.cm-searchMatch-selected': { background: 'var(--warn-line)' },
  '.cm-selectionMatch': { background: 'var(--surface-3)' },
  '.cm-panels': { background: 'var(--surface-2)', color: 'var(--text)', borderColor: 'var(--border)' },
  '.cm-panels input, .cm-panels button': {
    border: '1px solid var(--control-border)',
    borderRadius: 'var(--r2)',
    background: 'var(--surface)',
    backgroundImage: 'none',
    color: 'var(--text)',
    fontFamily: 'var(--font)',
    fontSize: 'var(--text-sm)',
    padding: '0.125rem var(--s2)',
  },
  '.cm-foldPlaceholder': { background: 'var(--surface-3)', border: 'none', color: 'var(--text-2)' },
});

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--accent-text)' },
  { tag: tags.string, color: 'var(--ok)' },
  { tag: tags.content, color: 'var(--text)' },
  { tag: tags.comment, color: 'var(--text-3)', fontStyle: 'italic' },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: 'var(--text-3)' },
  { tag: [tags.labelName, tags.typeName, tags.keyword], color: 'var(--warn)' },
]);

// What comes first outranks what follows.
/** A whole file. */
export const pageTheme: Extension = [page, shared, syntaxHighlighting(colours)];

/** One line that looks like every other field. */
export const fieldTheme: Extension = [
  EditorView.theme({
    '&': {
      border: '1px solid var(--control-border)',
      borderRadius: 'var(--r2)',
      minHeight: 'var(--control)',
      background: 'var(--surface)',
    },
    '&:hover': { borderColor: 'var(--text-2)' },
    '&.cm-focused': { outline: '2px solid var(--accent-text)', outlineOffset: '-1px' },
    '&.wrong': { borderColor: 'var(--bad)' },
    '.cm-content': { padding: '0.34rem 0' },
    '.cm-line': { padding: '0 var(--s2)' },
    '.cm-scroller': { lineHeight: 'var(--line)', overflowX: 'auto', scrollbarWidth: 'none' },
    '.cm-placeholder': { color: 'var(--text-3)' },
  }),
  shared,
];
