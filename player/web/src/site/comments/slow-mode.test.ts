import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SlowMode } from './slow-mode.svelte';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it('counts down to nothing and stops', () => {
  const mode = new SlowMode();
  mode.wait(30);
  expect(mode.left).toBe(30);
  vi.advanceTimersByTime(29_500);
  expect(mode.left).toBe(1);
  vi.advanceTimersByTime(1_000);
  expect(mode.left).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});

it('is never shortened by a shorter wait', () => {
  const mode = new SlowMode();
  mode.wait(60);
  mode.wait(5);
  expect(mode.left).toBe(60);
  mode.stop();
});

it('does not wait for nothing', () => {
  const mode = new SlowMode();
  mode.wait(0);
  expect(mode.left).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});
