import { beforeEach, describe, expect, it, vi } from 'vitest';
import * as api from '../api/moderation';
import type { QueueItem } from '../api/moderation';
import { Queue } from './queue.svelte';

vi.mock('../api/moderation', { spy: true });

function item(id: number): QueueItem {
  return {
    id,
    revisionId: id,
    kind: 'comment',
    subject: { kind: 'comment', id },
    surface: 'comment',
    text: `text ${id}`,
    spans: [],
    previousText: null,
    author: null,
    video: null,
    channel: null,
    reasons: [],
    tags: [],
    heldAt: '2026-11-22T10:00:00Z',
    assignee: null,
    contest: null,
    releasable: true,
  };
}

const items = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => item(from + index));
const ids = (queue: Queue) => queue.items.map(({ id }) => id);

/** The server's side: what waits there. */
let waiting: QueueItem[];
let batches: QueueItem[][];

beforeEach(() => {
  vi.clearAllMocks();
  waiting = items(1, 4);
  batches = [];
  vi.mocked(api.getQueue).mockImplementation(async (_scope, _filters, { start, count }) => ({
    total: waiting.length,
    data: waiting.slice(start, start + count),
  }));
  vi.mocked(api.decide).mockImplementation(async (wanted) => {
    batches.push(waiting.filter(({ id }) => wanted.includes(id)));
    waiting = waiting.filter(({ id }) => !wanted.includes(id));
    return { batchId: batches.length, done: wanted.length, failed: [] };
  });
  vi.mocked(api.undoBatch).mockImplementation(async (id) => {
    waiting = [...waiting, ...(batches[id - 1] ?? [])].sort((a, b) => a.id - b.id);
    return { id, state: 'undone', total: 1, examined: 1, changed: 1 };
  });
});

async function opened(): Promise<Queue> {
  const queue = new Queue(
    () => ({ kind: 'instance' }),
    () => ({}),
  );
  await queue.load();
  return queue;
}

describe('the queue', () => {
  it('goes on to the next after a decision, and back one at its end', async () => {
    const queue = await opened();
    queue.go(1);
    queue.decide({ decision: 'reject' });
    expect(ids(queue)).toEqual([1, 3, 4]);
    expect(queue.current?.id).toBe(3);
    queue.go(99);
    queue.decide({ decision: 'release' });
    expect(queue.current?.id).toBe(3);
    expect(queue.total).toBe(2);
  });

  it('undoes decisions one by one, the latest first, each to its place', async () => {
    const queue = await opened();
    queue.go(1);
    queue.decide({ decision: 'reject' });
    queue.decide({ decision: 'reject' });
    await queue.undo();
    expect(ids(queue)).toEqual([1, 3, 4]);
    expect(queue.current?.id).toBe(3);
    await queue.undo();
    expect(ids(queue)).toEqual([1, 2, 3, 4]);
    expect(queue.current?.id).toBe(2);
    expect(vi.mocked(api.undoBatch).mock.calls.map(([batch]) => batch)).toEqual([2, 1]);
    await queue.undo();
    expect(queue.total).toBe(4);
  });

  it('decides about all that are selected, and undoes them together', async () => {
    const queue = await opened();
    queue.toggle(2);
    queue.toggle(4);
    queue.decide({ decision: 'release' });
    expect(ids(queue)).toEqual([1, 3]);
    expect(queue.selected.size).toBe(0);
    await queue.undo();
    expect(queue.items).toHaveLength(4);
    queue.toggleAll();
    expect(queue.targets).toHaveLength(4);
    queue.toggleAll();
    expect(queue.targets).toHaveLength(1);
  });

  it('puts back what the server would not have, and says so', async () => {
    const queue = await opened();
    vi.mocked(api.decide).mockRejectedValueOnce(new Error('no'));
    queue.decide({ decision: 'reject' });
    await vi.waitFor(() => expect(queue.problem).not.toBeNull());
    expect(ids(queue)).toEqual([1, 2, 3, 4]);
    await queue.undo();
    expect(api.undoBatch).not.toHaveBeenCalled();
  });

  it('knows which decisions the server does not know yet', async () => {
    const queue = await opened();
    queue.decide({ decision: 'release' });
    queue.decide({ decision: 'release' });
    expect(queue.pending).toBe(2);
    await vi.waitFor(() => expect(queue.pending).toBe(0));
    expect(waiting).toHaveLength(2);
  });

  it('reads on before its end, and nothing twice', async () => {
    waiting = items(1, 120);
    const queue = await opened();
    expect(queue.items).toHaveLength(50);
    queue.go(0);
    queue.decide({ decision: 'reject' });
    queue.go(45);
    await vi.waitFor(() => expect(queue.items.length).toBeGreaterThan(50));
    expect(new Set(ids(queue)).size).toBe(queue.items.length);
    expect(ids(queue)).not.toContain(1);
  });
});
