import { render } from '@testing-library/svelte';
import { expect, it } from 'vitest';

import Markdown from './Markdown.svelte';
import { blocksOf, piecesOf } from './markdown';

it('reads what README files of processflows use', () => {
  const text =
    '# Orders\n\nEvery `15` minutes,\nor *more*.\n\n| a | b |\n|---|---|\n| `x` | y |\n\n- one\n  goes on\n- two\n\n```\nrun\n```\n';
  expect(blocksOf(text).map(({ kind }) => kind)).toEqual(['heading', 'paragraph', 'table', 'list', 'code']);
  expect(blocksOf(text)[1]).toEqual({
    kind: 'paragraph',
    pieces: [
      { kind: 'text', text: 'Every ' },
      { kind: 'code', text: '15' },
      { kind: 'text', text: ' minutes, or ' },
      { kind: 'em', text: 'more' },
      { kind: 'text', text: '.' },
    ],
  });
  expect(blocksOf(text)[3]).toMatchObject({ items: [[{ text: 'one goes on' }], [{ text: 'two' }]] });
});

it('makes no HTML of what looks like it, and links nowhere but to the web', () => {
  const text =
    '<img src=x onerror=alert(1)> **<b>x</b>** [bad](javascript:alert(1)) [good](https://example.org/)';
  const { container } = render(Markdown, { text });
  expect(container.querySelector('img, b, script')).toBeNull();
  expect([...container.querySelectorAll('a')].map((a) => a.getAttribute('href'))).toEqual([
    'https://example.org/',
  ]);
  expect(container.textContent).toContain('<img src=x onerror=alert(1)>');
});

it('puts no blanks where there are none', () => {
  const { container } = render(Markdown, { text: 'the folder of `out`, and more' });
  expect(container.querySelector('p')?.textContent).toBe('the folder of out, and more');
});

it('ends with a text that never closes what it opened', () => {
  expect(blocksOf('```\nno end')).toEqual([{ kind: 'code', text: 'no end' }]);
  expect(piecesOf('a `b and **c')).toEqual([{ kind: 'text', text: 'a `b and **c' }]);
});
