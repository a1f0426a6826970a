import { describe, expect, it } from 'vitest';
import type { VideoComment } from '../api/comments';
import { mentionAt, mentionOf, merged, pinnedFirst, repliesOf, suggestions, tombstone } from './thread';

const ana = { id: 1, name: 'ana', displayName: 'Ana Lind', host: 'here.example' };

function comment(id: number, minute: number, more: Partial<VideoComment> = {}): VideoComment {
  return {
    id,
    url: '',
    text: 'words',
    html: '<p>words</p>',
    threadId: 1,
    inReplyToCommentId: 1,
    createdAt: new Date(minute * 60_000).toISOString(),
    isDeleted: false,
    state: 'shown',
    totalReplies: 0,
    totalRepliesFromVideoAuthor: 0,
    account: ana,
    pinned: false,
    hearted: false,
    ...more,
  };
}

const ids = (comments: readonly VideoComment[]) => comments.map(({ id }) => id);

describe('a thread', () => {
  it('reads in the order it was written, however deep', () => {
    const leaf = (id: number, minute: number) => ({ comment: comment(id, minute), children: [] });
    const tree = {
      comment: comment(1, 0),
      children: [leaf(5, 9), { comment: comment(2, 1), children: [leaf(3, 2), leaf(6, 9)] }],
    };
    expect(ids(repliesOf(tree))).toEqual([2, 3, 5, 6]);
  });

  it('keeps the later of two versions', () => {
    const both = merged([comment(2, 1), comment(3, 2)], [comment(2, 1, { text: 'new' }), comment(4, 0)]);
    expect(ids(both)).toEqual([4, 2, 3]);
    expect(both[1]?.text).toBe('new');
  });

  it('leaves a stone where something is answered', () => {
    const stone = tombstone(comment(2, 1, { pinned: true, totalReplies: 3 }));
    expect(stone).toMatchObject({ isDeleted: true, text: '', html: '', account: null, pinned: false });
    expect(stone.totalReplies).toBe(3);
  });

  it('puts what is pinned first and moves nothing else', () => {
    const list = [comment(4, 4), comment(3, 3, { pinned: true }), comment(2, 2)];
    expect(ids(pinnedFirst(list))).toEqual([3, 4, 2]);
  });
});

describe('mentions', () => {
  it('name the host of people from elsewhere', () => {
    expect(mentionOf(comment(1, 1), 'here.example')).toBe('@ana ');
    expect(mentionOf(comment(1, 1), 'other.example')).toBe('@ana@here.example ');
    expect(mentionOf(comment(1, 1, { account: null }), 'x')).toBe('');
  });

  it('are found before the caret only', () => {
    expect(mentionAt('hello @an', 9)).toEqual({ start: 6, typed: 'an' });
    expect(mentionAt('@', 1)).toEqual({ start: 0, typed: '' });
    expect(mentionAt('hello @an there', 15)).toBeNull();
    expect(mentionAt('mail me@an', 10)).toBeNull();
  });

  it('are suggested by any of their names, each once', () => {
    const people = [ana, { ...ana, displayName: 'Ana again' }, { ...ana, name: 'bo', displayName: 'Lindqvist' }];
    expect(suggestions(people, 'LIN').map(({ name }) => name)).toEqual(['ana', 'bo']);
    expect(suggestions(people, 'x')).toEqual([]);
  });
});
