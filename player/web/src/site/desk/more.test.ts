import { describe, expect, it } from 'vitest';
import type { Slice } from '../api/review';
import { More } from './more.svelte';

const all = Array.from({ length: 60 }, (_, index) => ({ id: 60 - index }));
const page = ({ start, count }: Slice) =>
  Promise.resolve({ total: all.length, data: all.slice(start, start + count) });

describe('a list that is read piece by piece', () => {
  it('reads on until its end', async () => {
    const list = new More(page);
    await list.load();
    expect([list.items?.length, list.hasMore]).toEqual([25, true]);
    await list.more();
    await list.more();
    expect([list.items?.length, list.hasMore]).toEqual([60, false]);
    expect(new Set(list.items?.map(({ id }) => id)).size).toBe(60);
  });

  it('shows nothing twice when something came meanwhile', async () => {
    let shift = 0;
    const list = new More(({ start, count }) => page({ start: Math.max(0, start - shift), count }));
    await list.load();
    shift = 3;
    await list.more();
    expect(new Set(list.items?.map(({ id }) => id)).size).toBe(list.items?.length);
    expect(list.items?.length).toBe(47);
  });

  it('keeps what it has when reading on fails, and says so', async () => {
    let fails = false;
    const list = new More((slice: Slice) => (fails ? Promise.reject(new Error('no')) : page(slice)));
    await list.load();
    fails = true;
    await list.more();
    expect([list.items?.length, list.problem instanceof Error, list.busy]).toEqual([25, true, false]);
  });
});
