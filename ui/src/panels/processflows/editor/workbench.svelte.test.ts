import { beforeEach, describe, expect, it, vi } from 'vitest';

import { call, type ActionRow } from '../../../api';
import type { OpenProcessflow } from './document.svelte';
import type { Samples } from './sample.svelte';
import { Workbench } from './workbench.svelte';

vi.mock('../../../api', () => ({ call: vi.fn() }));

const row = (action: string): ActionRow => ({
  connector: 'bigcommerce',
  action,
  does: 'read',
  about: `Reads ${action}.`,
  scope: null,
  guarantee: null,
  largest_batch: null,
  with: {},
});

describe('an action that no list has', () => {
  const bench = () => {
    const made = new Workbench({} as OpenProcessflow, {} as Samples);
    made.actions = [row('orders.list')];
    return made;
  };
  beforeEach(() => void vi.mocked(call).mockReset());

  it('is asked for once, by its whole name', async () => {
    vi.mocked(call).mockResolvedValue([row('api.get_order'), row('api.get_orders')]);
    const one = bench();
    await Promise.all([one.learn('bigcommerce', 'api.get_order'), one.learn('bigcommerce', 'api.get_order')]);
    expect(call).toHaveBeenCalledExactlyOnceWith('actions', {
      connector: 'bigcommerce',
      search: 'bigcommerce/api.get_order',
    });
    expect(one.actionOf('bigcommerce', 'api.get_order')?.about).toBe('Reads api.get_order.');
    expect(one.actionOf('bigcommerce', 'api.get_orders')).toBeUndefined();
  });

  it('is not asked for where the list has it', async () => {
    await bench().learn('bigcommerce', 'orders.list');
    expect(call).not.toHaveBeenCalled();
  });

  it('is asked for again when the agent did not answer', async () => {
    vi.mocked(call)
      .mockRejectedValueOnce(new Error('gone'))
      .mockResolvedValue([row('api.get_order')]);
    const one = bench();
    await one.learn('bigcommerce', 'api.get_order');
    await one.learn('bigcommerce', 'api.get_order');
    expect(one.actionOf('bigcommerce', 'api.get_order')).toBeDefined();
  });
});
