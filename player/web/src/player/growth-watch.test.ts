import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { GrowthWatch } from './growth-watch';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const playlist = (segments: number, ended: boolean): string =>
  `#EXTM3U\n#EXT-X-TARGETDURATION:4\n${'#EXTINF:4,\nv.mp4\n'.repeat(segments)}${ended ? '#EXT-X-ENDLIST\n' : ''}`;

it('reads all renditions until all are complete, and each no longer than needed', async () => {
  let segments = 1;
  const asked: string[] = [];
  const changed = vi.fn();
  const watch = new GrowthWatch(
    ['low', 'top'],
    (url) => {
      asked.push(url);
      return Promise.resolve(url === 'top' ? playlist(3, true) : playlist(segments, segments === 3));
    },
    changed,
  );
  await watch.start();
  expect(watch.edges.map((edge) => edge?.seconds)).toEqual([4, 12]);
  expect(watch.complete).toBe(false);
  segments = 3;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(watch.complete).toBe(true);
  expect(asked).toEqual(['low', 'top', 'low']);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toHaveLength(3);
  expect(changed).toHaveBeenCalledTimes(2);
});

it('goes on when a playlist cannot be had', async () => {
  let broken = true;
  const watch = new GrowthWatch(
    ['a'],
    () => (broken ? Promise.reject(new Error('away')) : Promise.resolve(playlist(2, true))),
    () => undefined,
  );
  await watch.start();
  expect(watch.edges).toEqual([null]);
  broken = false;
  await vi.advanceTimersByTimeAsync(3_000);
  expect(watch.complete).toBe(true);
});

it('asks nothing more once stopped', async () => {
  const fetchText = vi.fn(() => Promise.resolve(playlist(1, false)));
  const watch = new GrowthWatch(['a'], fetchText, () => undefined);
  await watch.start();
  watch.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(fetchText).toHaveBeenCalledTimes(1);
});

it('does not let older news undo a complete rendition', async () => {
  const watch = new GrowthWatch(['a'], () => Promise.resolve(playlist(2, true)), () => undefined);
  await watch.start();
  watch.learn(0, { seconds: 4, complete: false, targetSeconds: 4 });
  expect(watch.edges[0]?.seconds).toBe(8);
});
