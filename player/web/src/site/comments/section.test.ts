import { beforeEach, describe, expect, it, vi } from 'vitest';
import * as api from '../api/comments';
import type { ThreadTree, VideoComment } from '../api/comments';
import { Problem } from '../api/problem';
import { CommentSection, REPLIES_PER_PAGE } from './section.svelte';

vi.mock('../api/comments', { spy: true });

let nextId = 100;
function comment(id: number, more: Partial<VideoComment> = {}): VideoComment {
  return {
    id,
    url: '',
    text: `text ${id}`,
    html: `<p>text ${id}</p>`,
    threadId: id,
    inReplyToCommentId: null,
    createdAt: new Date(id * 60_000).toISOString(),
    isDeleted: false,
    state: 'shown',
    totalReplies: 0,
    totalRepliesFromVideoAuthor: 0,
    account: { id: 1, name: 'ana', displayName: 'Ana', host: 'here' },
    pinned: false,
    hearted: false,
    ...more,
  };
}
const reply = (id: number, threadId: number) => comment(id, { threadId, inReplyToCommentId: threadId });
const ids = (comments: readonly VideoComment[]) => comments.map(({ id }) => id);

let threads: VideoComment[];
let replies: VideoComment[];

beforeEach(() => {
  vi.clearAllMocks();
  nextId = 100;
  threads = [comment(3, { pinned: true }), comment(9), comment(5, { totalReplies: 2 })];
  replies = [reply(6, 5), reply(7, 5)];
  vi.mocked(api.listThreads).mockImplementation(async () => ({
    total: threads.length,
    totalNotDeletedComments: threads.length + replies.length,
    data: threads,
  }));
  vi.mocked(api.getThread).mockImplementation(async (_place, id, start = 0, count = 100) => {
    const root = threads.find((thread) => thread.id === id);
    if (!root) throw new Problem(404, '', '');
    const children = replies.slice(start, start + count).map((comment) => ({ comment, children: [] }));
    return { comment: root, children, totalChildren: replies.length } satisfies ThreadTree;
  });
  vi.mocked(api.postThread).mockImplementation(async (_place, text) => comment(nextId++, { text }));
  vi.mocked(api.postReply).mockImplementation(async (_place, to) => reply(nextId++, to));
  vi.mocked(api.deleteComment).mockResolvedValue();
  vi.mocked(api.markComment).mockResolvedValue();
});

async function opened(slowSeconds = 0): Promise<CommentSection> {
  const section = new CommentSection(
    () => ({ id: 'video', password: null }),
    () => slowSeconds,
  );
  await section.load();
  return section;
}

describe('the comment section', () => {
  it('puts a new comment under what is pinned, and counts it when it shows', async () => {
    const section = await opened();
    await section.write('hello');
    expect(ids(section.threads)).toEqual([3, 100, 9, 5]);
    expect([section.total, section.shown]).toEqual([4, 6]);
    vi.mocked(api.postThread).mockResolvedValueOnce(comment(200, { state: 'held' }));
    await section.write('held');
    expect([section.total, section.shown]).toEqual([5, 6]);
    expect(section.announcement).toBe('comments.waits');
  });

  it('reads the replies that are there before it shows one’s own', async () => {
    const section = await opened();
    const thread = threads[2] as VideoComment;
    await section.answer(thread, thread, 'an answer');
    expect(ids(section.repliesTo(5).list)).toEqual([6, 7, 100]);
    expect(section.threads.find(({ id }) => id === 5)?.totalReplies).toBe(3);
  });

  it('reads long threads page by page', async () => {
    replies = Array.from({ length: REPLIES_PER_PAGE + 3 }, (_, index) => reply(1000 + index, 5));
    const section = await opened();
    const thread = threads[2] as VideoComment;
    await section.openReplies(thread);
    expect(section.repliesTo(5)).toMatchObject({ open: true, read: REPLIES_PER_PAGE, total: REPLIES_PER_PAGE + 3 });
    await section.openReplies(thread);
    expect(section.repliesTo(5).list).toHaveLength(REPLIES_PER_PAGE + 3);
    expect(section.repliesTo(5).read).toBe(section.repliesTo(5).total);
  });

  it('follows a link into a long thread', async () => {
    replies = Array.from({ length: 120 }, (_, index) => reply(1000 + index, 5));
    const section = await opened();
    await section.follow(5, 1110);
    expect(section.linked?.id).toBe(5);
    expect(ids(section.repliesTo(5).list)).toContain(1110);
    await section.follow(5, 99_999);
    expect(section.repliesTo(5).list).toHaveLength(120);
    await section.follow(77, null);
    expect(section.linkBroken).toBe(true);
  });

  it('leaves a stone for what was answered, and nothing for what was not', async () => {
    const section = await opened();
    await section.remove(threads[2] as VideoComment);
    expect(section.threads[2]).toMatchObject({ id: 5, isDeleted: true });
    await section.remove(threads[1] as VideoComment);
    expect(ids(section.threads)).toEqual([3, 5]);
    expect(section.total).toBe(2);
  });

  it('counts a thread’s replies down with a deleted one', async () => {
    const section = await opened();
    await section.openReplies(threads[2] as VideoComment);
    await section.remove(replies[0] as VideoComment);
    expect(ids(section.repliesTo(5).list)).toEqual([7]);
    expect(section.threads[2]?.totalReplies).toBe(1);
  });

  it('waits as long as the channel, or the server, asks', async () => {
    const section = await opened(30);
    await section.write('one');
    expect(section.slow.left).toBe(30);
    vi.mocked(api.postThread).mockRejectedValueOnce(new Problem(429, 'comment_slow_mode', '', 90));
    await expect(section.write('two')).rejects.toThrow();
    expect(section.slow.left).toBe(90);
    section.slow.stop();
  });

  it('shows at once that one contested', async () => {
    const moderation = {
      decisionId: 4,
      verdict: 'held' as const,
      reasons: [],
      explanation: 'why',
      contest: null,
      contestable: true,
    };
    threads = [comment(1, { state: 'held', moderation })];
    const section = await opened();
    section.contested(threads[0] as VideoComment, 'please');
    expect(section.threads[0]?.moderation).toMatchObject({ contestable: false, contest: { text: 'please' } });
  });

  it('keeps what is on the page when the server does not answer', async () => {
    const section = await opened();
    vi.mocked(api.listThreads).mockRejectedValueOnce(new Problem(0, 'network', ''));
    await section.turn({ page: 2 });
    expect(section.problem).toBeInstanceOf(Problem);
    expect(section.threads).toHaveLength(3);
  });
});
