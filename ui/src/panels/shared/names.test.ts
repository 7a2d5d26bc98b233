import { expect, it } from 'vitest';
import { freeName } from './names';

it('finds a name nobody has', () => {
  expect(freeName('orders', [])).toBe('orders');
  expect(freeName('orders', ['orders', 'orders-2'])).toBe('orders-3');
});
