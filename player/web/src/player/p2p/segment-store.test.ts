import { beforeEach, expect, it, vi } from 'vitest';
import { SegmentStore, storeLimitBytes, type Vouch } from './segment-store';

let answer: boolean | null;
const vouch: Vouch = () => Promise.resolve(answer);

beforeEach(() => {
  answer = true;
});

const bytes = (size: number) => new Uint8Array(size).fill(7).buffer;
const put = (store: SegmentStore, id: number, size = 10) =>
  store.storeSegment('s', 'stream', id, bytes(size), id * 4, id * 4 + 4);

it('offers what was vouched for, and nothing else', async () => {
  const store = new SegmentStore(100, vouch);
  const changed = vi.fn();
  store.setSegmentChangeCallback(changed);
  answer = null;
  await put(store, 0);
  expect(store.hasSegment('s', 'stream', 0)).toBe(true);
  expect(store.getStoredSegmentIds('s', 'stream')).toEqual([]);
  answer = false;
  await put(store, 1);
  answer = true;
  store.checkAgain('other');
  await Promise.resolve();
  expect(store.getStoredSegmentIds('s', 'stream')).toEqual([]);
  store.checkAgain('stream');
  await vi.waitFor(() => expect(store.getStoredSegmentIds('s', 'stream')).toEqual([0, 1]));
  expect(changed).toHaveBeenCalledWith('stream');
});

it('keeps a copy of its own, and hands out copies', async () => {
  const store = new SegmentStore(100, vouch);
  const given = bytes(10);
  await store.storeSegment('s', 'stream', 0, given, 0, 4);
  new Uint8Array(given).fill(0);
  const taken = await store.getSegmentData('s', 'stream', 0);
  new Uint8Array(taken!).fill(1);
  expect(new Uint8Array((await store.getSegmentData('s', 'stream', 0))!)).toEqual(new Uint8Array(10).fill(7));
});

it('gives up what was played longest ago, then what is furthest ahead', async () => {
  const store = new SegmentStore(40, vouch);
  for (const id of [0, 1, 2, 9]) await put(store, id);
  store.onPlaybackUpdated(8.5);
  await put(store, 3);
  const kept = () => [0, 1, 2, 3, 4, 5, 9].filter((id) => store.hasSegment('s', 'stream', id));
  expect(kept()).toEqual([1, 2, 3, 9]);
  await put(store, 4);
  expect(kept()).toEqual([2, 3, 4, 9]);
  await put(store, 5);
  expect(kept()).toEqual([2, 3, 4, 5]);
});

it('tells how full it is with what is still to come', async () => {
  const store = new SegmentStore(2 * 1_048_576, vouch);
  await put(store, 0, 1_048_576);
  expect(store.getUsage()).toEqual({ totalCapacity: 2, usedCapacity: 1 });
  store.onPlaybackUpdated(5);
  expect(store.getUsage().usedCapacity).toBe(0);
});

it('keeps less on a small machine', () => {
  expect(storeLimitBytes({ deviceMemory: 2 })).toBeLessThan(storeLimitBytes({}));
});
