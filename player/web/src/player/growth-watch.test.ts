import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { GrowthWatch } from './growth-watch';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const TARGET = 4;

/** `[playlist, segments, complete]` of each rendition. */
const growth = (...made: [string, number, boolean][]): string =>
  JSON.stringify({
    targetDuration: TARGET,
    renditions: made.map(([playlist, segments, complete]) => ({ playlist, seconds: segments * TARGET, complete })),
  });

it('asks until all renditions are complete, and no longer', async () => {
  let segments = 1;
  const ask = vi.fn(() => Promise.resolve(growth(['top', 3, true], ['low', segments, segments === 3])));
  const changed = vi.fn();
  const watch = new GrowthWatch(['low', 'top'], ask, changed);
  await watch.start();
  expect(watch.edges.map((edge) => edge?.seconds)).toEqual([4, 12]);
  expect(watch.complete).toBe(false);
  segments = 3;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(watch.complete).toBe(true);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(ask).toHaveBeenCalledTimes(2);
  expect(changed).toHaveBeenCalledTimes(2);
});

it('goes on when nothing can be had', async () => {
  let broken = true;
  const watch = new GrowthWatch(
    ['a'],
    () => (broken ? Promise.reject(new Error('away')) : Promise.resolve(growth(['a', 2, true]))),
    () => undefined,
  );
  await watch.start();
  expect(watch.edges).toEqual([null]);
  broken = false;
  await vi.advanceTimersByTimeAsync(3_000);
  expect(watch.complete).toBe(true);
});

it('asks nothing more once stopped', async () => {
  const ask = vi.fn(() => Promise.resolve(growth(['a', 1, false])));
  const watch = new GrowthWatch(['a'], ask, () => undefined);
  await watch.start();
  watch.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(ask).toHaveBeenCalledTimes(1);
});

it('does not let older news undo a complete rendition', async () => {
  const watch = new GrowthWatch(['a'], () => Promise.resolve(growth(['a', 2, true])), () => undefined);
  await watch.start();
  watch.learn(0, { seconds: 4, complete: false, targetSeconds: 4 });
  expect(watch.edges[0]?.seconds).toBe(8);
});
