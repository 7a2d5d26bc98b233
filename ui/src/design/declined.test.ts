// What was declined or refused must not look as if it had come about. (Lists are left to a real browser: the one of these
// tests does not know which option is chosen.)
import { flushSync, mount, tick, unmount, type Component } from 'svelte';
import { afterEach, beforeEach, expect, it } from 'vitest';

import Checkbox from './Checkbox.svelte';
import RadioGroup from './RadioGroup.svelte';
import SegmentedControl from './SegmentedControl.svelte';

const options = [
  { value: 'vault', label: 'Vault' },
  { value: 'os', label: 'Key store' },
];
let asked: unknown;
let shown: Record<string, unknown>;

/** Binds to something that hears what is wished and does not change. */
function draw(component: unknown, props: Record<string, unknown>) {
  shown = mount(component as Component, { target: document.body, props });
  flushSync();
}
const bound = () => ({
  label: 'Where secrets are kept',
  options,
  get value() {
    return 'vault';
  },
  set value(next: string) {
    asked = next;
  },
});
const find = <T extends Element>(what: string) => document.querySelector(what) as T;

beforeEach(() => (asked = undefined));
afterEach(() => unmount(shown));

it.each([
  ['radio buttons', RadioGroup],
  ['segments', SegmentedControl],
])('%s stay where they were', async (_, component) => {
  draw(component, bound());
  expect(find<HTMLInputElement>('[value=vault]').checked).toBe(true);
  find<HTMLInputElement>('[value=os]').click();
  await tick();
  await tick();
  expect(asked).toBe('os');
  expect(find<HTMLInputElement>('[value=os]').checked).toBe(false);
  expect(find<HTMLInputElement>('[value=vault]').checked).toBe(true);
});

it('a switch stays where it was', async () => {
  draw(Checkbox, {
    label: 'Enable Environment',
    look: 'switch',
    get checked() {
      return true;
    },
    set checked(next: boolean) {
      asked = next;
    },
  });
  find<HTMLInputElement>('input').click();
  await tick();
  await tick();
  expect(asked).toBe(false);
  expect(find<HTMLInputElement>('input').checked).toBe(true);
});
