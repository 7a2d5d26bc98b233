import { expect, it } from 'vitest';
import { telling } from './spark';

const run = (read: number, status: 'Running' | 'Successful' = 'Successful') => ({ read, status });

it('finds the run whose counts say something', () => {
  const read = run(12);
  expect(telling([run(500), read, run(0), run(0)])).toBe(read);
  const under = run(0, 'Running');
  expect(telling([read, under]), 'one under way is what one looks at').toBe(under);
  const newest = run(0);
  expect(telling([run(0), newest]), 'none read anything').toBe(newest);
  expect(telling([])).toBeUndefined();
});
