import { expect, it } from 'vitest';
import { FILTERS, OUTCOMES } from './outcomes';

it('leads from each part of a balance to the records that make it up', () => {
  for (const [part, filter] of Object.entries(FILTERS)) {
    expect(OUTCOMES[filter], `the list of records knows no filter for ${part}`).toEqual([part]);
  }
});
