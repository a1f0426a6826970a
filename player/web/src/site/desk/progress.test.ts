import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Progress } from './progress.svelte';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it('asks until it is over, past a failure', async () => {
  const answers = [1, new Error('no'), 2, 3];
  const read = vi.fn(async () => {
    const next = answers.shift();
    if (next instanceof Error) throw next;
    return next ?? 99;
  });
  const progress = new Progress<number>(read, (state) => state === 3);
  await progress.watch();
  expect(progress.state).toBe(1);
  await vi.advanceTimersByTimeAsync(1000);
  expect(progress.problem).not.toBeNull();
  await vi.advanceTimersByTimeAsync(1000);
  expect(progress.problem).toBeNull();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(progress.over).toBe(true);
  expect(read).toHaveBeenCalledTimes(4);
});

it('asks no more once nobody looks', async () => {
  const read = vi.fn(async () => 1);
  const progress = new Progress<number>(read, () => false);
  await progress.watch();
  progress.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(read).toHaveBeenCalledTimes(1);
});
