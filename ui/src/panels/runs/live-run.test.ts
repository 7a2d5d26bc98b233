import { expect, it } from 'vitest';
import type { Progress } from '../../api';
import { farOf, STALLED } from './live-run';

const progress = (more: Partial<Progress>): Progress => ({
  run: '01a1',
  processflow: 'orders',
  read: 300,
  expected: 1000,
  settled: { read: 250, written: 250, unchanged: 0, skipped: {}, failed: 0 },
  waiting: null,
  step: '3',
  rate: 50,
  idle_seconds: 1,
  at: '2026-03-12T10:00:00Z',
  ended: null,
  ...more,
});

it('says how far a run is and how long it will take', () => {
  expect(farOf(progress({}))).toEqual({
    done: 250,
    total: 1000,
    share: 0.25,
    unprocessed: 50,
    left: 15,
    stalled: false,
  });
});

it('promises nothing it does not know', () => {
  expect(farOf(progress({ expected: null }))).toMatchObject({ total: null, share: null, left: null });
  expect(farOf(progress({ rate: 0 }))).toMatchObject({ left: null });
  // More came than the source had announced.
  expect(farOf(progress({ expected: 200 }))).toMatchObject({ total: null, share: null });
});

it('notices that nothing happens any more, between two answers too', () => {
  expect(farOf(progress({ idle_seconds: STALLED })).stalled).toBe(true);
  expect(farOf(progress({ idle_seconds: 5 }), STALLED).stalled).toBe(true);
  expect(farOf(progress({ idle_seconds: STALLED, ended: 'Failed' })).stalled).toBe(false);
});
