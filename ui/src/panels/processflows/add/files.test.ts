import { expect, it } from 'vitest';

import { importOf, type Dropped } from './files';
import { wrongName } from './names';

const file = (path: string, text = path): Dropped => ({ path, file: new File([text], path) });

it('takes a folder with its README and its cases, and nothing else of it', async () => {
  const found = await importOf([
    file('orders/processflow.yaml', 'processflow: orders'),
    file('orders/README.md', '# Orders'),
    file('orders/cases/paid.yaml'),
    file('orders/cases/deep/no.yaml'),
    file('orders/secret.env'),
  ]);
  expect(found).toEqual({
    text: 'processflow: orders',
    readme: '# Orders',
    cases: { 'paid.yaml': 'orders/cases/paid.yaml' },
  });
});

it('takes a file of any name that is alone', async () => {
  expect(await importOf([file('mine.yml', 'processflow: a')])).toMatchObject({
    text: 'processflow: a',
    cases: {},
  });
});

it('refuses what is none, and what is more than one', async () => {
  await expect(importOf([file('a.png')])).rejects.toThrow('no processflow file');
  await expect(importOf([file('a/processflow.yaml'), file('b/processflow.yaml')])).rejects.toThrow(
    'more than one',
  );
  await expect(importOf([file('processflow.yaml', 'x'.repeat(9_000_000))])).rejects.toThrow('too large');
});

it('knows names that can be folders', () => {
  for (const good of ['a', 'orders-to-database', '2nd']) expect(wrongName(good, [])).toBeUndefined();
  for (const bad of ['', '-a', 'A', 'a b', '../x', 'a'.repeat(65)])
    expect(wrongName(bad, []), bad).toBeDefined();
  expect(wrongName('a', ['a'])).toBe('processflows:add.wrong.taken');
});
