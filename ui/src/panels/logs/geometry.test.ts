import { expect, it } from 'vitest';

import { indexAt, offsetOf, shift } from './geometry';

const heights = { row: 20, extra: new Map([[12, 100]]) };

it('finds lines by their place and places by their line', () => {
  expect(offsetOf(2, 10, heights)).toBe(40);
  expect(offsetOf(3, 10, heights), 'below the open line').toBe(160);
  for (const index of [0, 1, 2, 3, 4000]) {
    expect(indexAt(offsetOf(index, 10, heights), 5000, 10, heights)).toBe(index);
  }
  expect(indexAt(150, 5000, 10, heights), 'within the open line').toBe(2);
  expect(indexAt(1e9, 50, 10, heights)).toBe(49);
  expect(indexAt(0, 0, 10, heights)).toBe(0);
});

it('tells how far a line moves when others come or go before it', () => {
  expect(shift(10, 5, heights)).toBe(100);
  expect(shift(10, 15, heights), 'the open line went, too').toBe(-200);
  expect(shift(10, 10, heights)).toBe(0);
});
