// The text view's editor: what it can do.
import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, historyKeymap } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, foldGutter, foldKeymap, indentOnInput, indentUnit } from '@codemirror/language';
import { lintGutter, lintKeymap } from '@codemirror/lint';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { EditorState, type Extension } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  hoverTooltip,
  keymap,
  lineNumbers,
  tooltips,
} from '@codemirror/view';
import { t } from '../../../i18n';
import { meaning, proposals, type RecordOf } from './assist';
import { pageTheme } from './theme';

/** Words of CodeMirror's own, by the key of ours. */
const PHRASES: Record<string, string> = {
  Find: 'find',
  Replace: 'replaceBy',
  next: 'next',
  previous: 'previous',
  all: 'all',
  'match case': 'matchCase',
  regexp: 'pattern',
  'by word': 'wholeWords',
  replace: 'replace',
  'replace all': 'replaceAll',
  close: 'close',
  'current match': 'currentMatch',
  'on line': 'onLine',
  'No diagnostics': 'noProblems',
  Diagnostics: 'problems',
  Completions: 'proposals',
  'Fold line': 'fold',
  'Unfold line': 'unfold',
  'folded code': 'folded',
  'Go to line': 'goToLine',
  go: 'go',
};

function phrases(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(PHRASES).map(([theirs, ours]) => [theirs, t(`editor:code.${ours}`)]),
  );
}

/** Everything of the text view. The Tab key leaves it, as everywhere; indentation has keys of its own (Ctrl+[ and ]). */
export function textExtensions(record: RecordOf): Extension {
  return [
    EditorState.phrases.of(phrases()),
    EditorState.tabSize.of(2),
    indentUnit.of('  '),
    lineNumbers(),
    foldGutter(),
    lintGutter(),
    drawSelection(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    highlightSelectionMatches(),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    yaml(),
    // At the end of the page, so that no box cuts them off.
    tooltips({ parent: document.body }),
    autocompletion({
      override: [
        (context) =>
          proposals(context, { text: context.state.doc.toString(), offset: context.pos, shift: 0 }, record),
      ],
    }),
    hoverTooltip((view, offset) => meaning({ text: view.state.doc.toString(), offset, shift: 0 }, record)),
    EditorView.contentAttributes.of({ 'aria-label': t('editor:code.label'), tabindex: '0' }),
    pageTheme,
    keymap.of([
      ...closeBracketsKeymap,
      ...defaultKeymap,
      ...searchKeymap,
      ...historyKeymap,
      ...foldKeymap,
      ...completionKeymap,
      ...lintKeymap,
    ]),
  ];
}
