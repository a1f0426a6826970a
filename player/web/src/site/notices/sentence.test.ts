import { describe, expect, it } from 'vitest';
import type { Notification } from '../api/notifications';
import { sentenceOf } from './sentence';

const video = { id: 1, uuid: 'u', shortUUID: 'abc', name: 'Boats' };
const account = { id: 2, name: 'ana', displayName: 'Ana', host: 'here.example' };
const comment = { id: 7, threadId: 5, video, account, heldForReview: false };
const decision = {
  id: 9,
  verdict: 'rejected',
  answer: 'It names a child.',
  contested: false,
  subject: { kind: 'comment', id: 7, field: 'text' },
} as const;
const told = (type: number, more: Partial<Notification> = {}): Notification => ({
  id: 1,
  type,
  read: false,
  createdAt: '2026-11-22T10:00:00Z',
  ...more,
});

describe('a notification', () => {
  it('leads to the comment it is about', () => {
    expect(sentenceOf(told(2, { comment }))).toMatchObject({
      word: 'notices.comment',
      blanks: { name: 'Ana', title: 'Boats' },
      href: '/w/abc?threadId=5#comment-7',
    });
    expect(sentenceOf(told(2, { comment: { ...comment, heldForReview: true } }))?.word).toBe('notices.commentHeld');
    expect(sentenceOf(told(11, { comment }))?.word).toBe('notices.mention');
  });

  it('says what became of a video, and why', () => {
    const block = { id: 3, reason: 'Stolen' };
    expect(sentenceOf(told(4, { video, videoBlacklist: block }))).toMatchObject({
      word: 'videoBlocks.noticeBlocked',
      blanks: { title: 'Boats' },
      href: '/w/abc',
      more: ['Stolen'],
    });
    expect(sentenceOf(told(5, { video }))?.word).toBe('videoBlocks.noticeUnblocked');
    const waits = sentenceOf(told(12, { videoBlacklist: { id: 3, reason: null } }));
    expect(waits).toMatchObject({ word: 'videoBlocks.noticeWaits', href: '/admin/moderation/videos?type=2' });
  });

  it('says who comes, and what was answered to who asked', () => {
    expect(sentenceOf(told(8, { account }))).toMatchObject({ word: 'signups.noticeUser', href: '/a/ana' });
    const asks = sentenceOf(told(20, { registration: { id: 1, username: 'ben' } }));
    expect(asks).toMatchObject({ blanks: { name: 'ben' }, href: '/admin/moderation/registrations?state=1' });
    expect(sentenceOf(told(106, { details: { response: 'Welcome' } }))?.more).toEqual(['Welcome']);
  });

  it('leads nowhere when the video is gone', () => {
    expect(sentenceOf(told(2, { comment: { ...comment, video: null } }))?.href).toBeNull();
  });

  it('says what was decided, with the words of the moderator', () => {
    expect(sentenceOf(told(100, { comment, decision }))).toMatchObject({
      word: 'notices.rejected',
      more: ['It names a child.'],
      href: '/w/abc?threadId=5#comment-7',
    });
    const released = { ...decision, verdict: 'released', answer: null } as const;
    expect(sentenceOf(told(100, { video, decision: released }))).toMatchObject({
      word: 'notices.released',
      more: [],
      href: '/w/abc',
    });
    const batch = { texts: 3, undone: false };
    expect(sentenceOf(told(100, { decision, details: { batch } }))).toMatchObject({
      word: 'notices.rejectedMany',
      blanks: { count: 3 },
    });
    expect(sentenceOf(told(101, { decision: released }))?.word).toBe('notices.contestWon');
    expect(sentenceOf(told(101, { decision }))?.word).toBe('notices.contestLost');
  });

  it('says what restricts the reader, and why', () => {
    const statement = { act: 'video-removed', label: 'Boats', reason: 'A court said so.' };
    expect(sentenceOf(told(105, { details: { statement } }))).toMatchObject({
      word: 'statements.toldYou',
      blanks: { label: 'Boats' },
      href: '/my-account/decisions',
      more: ['A court said so.'],
    });
    const bare = { act: 'account-suspended', label: '', reason: '' };
    expect(sentenceOf(told(105, { details: { statement: bare } }))).toMatchObject({
      word: 'statements.toldYouPlain',
      more: [],
    });
  });

  it('of a kind from the future is not shown', () => {
    expect(sentenceOf(told(999))).toBeNull();
  });
});

describe('a notification of a report', () => {
  const abuse = { id: 3, state: 3, video: { name: 'Boats' } };

  it('leads moderators to all reports', () => {
    expect(sentenceOf(told(3, { abuse }))).toMatchObject({
      word: 'notices.abuse',
      blanks: { title: 'Boats' },
      href: '/admin/moderation/reports',
    });
    expect(sentenceOf(told(3, { abuse: { id: 3, state: 1 } }))?.word).toBe('notices.abuseAccount');
  });

  it('tells the reporter what became of it', () => {
    const word = (state: number) => sentenceOf(told(15, { abuse: { ...abuse, state } }))?.word;
    expect([word(3), word(2), word(1)]).toEqual([
      'notices.abuseAccepted',
      'notices.abuseRejected',
      'notices.abuseReopened',
    ]);
    expect(sentenceOf(told(16, { abuse }))?.href).toBe('/my-account/reports');
  });
});
