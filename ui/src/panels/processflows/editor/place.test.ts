import { expect, it } from 'vitest';
import { isWithin, pathAt, pathOf, pieceOf, stepAt, unquoted, valuePieceOf } from './place';

const FILE = `processflow: a
connections: { store: bigcommerce, erp: sql }
steps:
  - read: { action: store/orders.changed }
  # why
  - write:
      action: erp/table.upsert
      with: { key: [ID, STORE], table: ORDERS }
      map:
        ID: id
        'the name': "x ~ y"
        EMPTY:
on_failure: { tries: 5 }
`;
const at = (words: string) => pathAt(FILE, FILE.indexOf(words));
const text = (piece: { from: number; to: number } | undefined) => piece && FILE.slice(piece.from, piece.to);

it('knows which part of the file stands at a place, in blocks and in brackets', () => {
  expect(at('bigcommerce')).toEqual(['connections', 'store']);
  expect(at('store/orders')).toEqual(['steps', 0, 'read', 'action']);
  expect(at('STORE]')).toEqual(['steps', 1, 'write', 'with', 'key', 1]);
  expect(at('x ~ y')).toEqual(['steps', 1, 'write', 'map', 'the name']);
  expect(at('5 }')).toEqual(['on_failure', 'tries']);
});

it('finds the way back: a part with its name, and its value alone', () => {
  expect(text(valuePieceOf(FILE, ['steps', 1, 'write', 'map', 'ID']))).toBe('id');
  expect(text(valuePieceOf(FILE, ['steps', 1, 'write', 'map', 'the name']))).toBe('"x ~ y"');
  expect(text(valuePieceOf(FILE, ['steps', 0, 'read', 'action']))).toBe('store/orders.changed');
  expect(valuePieceOf(FILE, ['steps', 1, 'write', 'map', 'EMPTY'])).toBeUndefined();
  expect(valuePieceOf(FILE, ['steps', 7])).toBeUndefined();
  expect(text(pieceOf(FILE, ['connections', 'erp']))).toBe('erp: sql');
});

it('goes as far as a way leads', () => {
  expect(text(pieceOf(FILE, ['on_failure', 'nothing']))).toBe('on_failure: { tries: 5 }');
});

it('reads texts that are broken while they are typed', () => {
  const broken = 'steps:\n  - skip: { when: status_id ==, reason: x\n  - write:\n      map:\n        A: (b';
  expect(pathAt(broken, broken.indexOf('(b'))[0]).toBe('steps');
});

it('takes quotes off, and tells what lies in what', () => {
  expect(unquoted(`'it''s'`)).toBe("it's");
  expect(unquoted('"a\\"b"')).toBe('a"b');
  expect(isWithin(['steps', 1, 'write', 'map'], ['steps', 1])).toBe(true);
  expect(isWithin(['steps', 10], ['steps', 1])).toBe(false);
});

it('names the innermost step that a part belongs to, as the engine numbers it', () => {
  const step = (path: Parameters<typeof stepAt>[0]) => stepAt(path)?.number;
  expect(step(['steps', 1, 'write', 'map', 'ID'])).toBe('2');
  expect(step(['steps', 2, 'branch', 1, 'steps', 0, 'skip', 'when'])).toBe('3.2.1');
  expect(step(['steps', 2, 'branch', 1, 'when']), 'a rule is the branch itself').toBe('3');
  expect(step(['steps', 2, 'branch', 0, 'steps', 1, 'for_each', 'steps', 3])).toBe('3.1.2.4');
  expect(step(['steps', 0, 'read', 'with', 'steps', 4]), 'a parameter is no step').toBe('1');
  expect(step(['variables', 'steps', 'start'])).toBeUndefined();
  expect(stepAt(['steps', 2, 'branch', 1, 'steps', 0, 'delay'])?.path).toEqual(
    pathOf('steps/2/branch/1/steps/0'),
  );
});
