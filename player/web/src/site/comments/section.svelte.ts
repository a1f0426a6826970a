/**
 * What stands in the comment section of one video, and what happens there? The state of the page;
 * the components show it and call it. Announcements for screen readers are messages here.
 */
import { SvelteMap } from 'svelte/reactivity';
import {
  approveComment,
  deleteComment,
  editComment,
  getThread,
  listThreads,
  listVersions,
  markComment,
  type Place,
  postReply,
  postThread,
  type Sort,
  type Version,
  type VideoComment,
} from '../api/comments';
import { isProblem } from '../api/http';
import type { Why } from '../api/statements';
import { say } from '../words.svelte';
import { SlowMode } from './slow-mode.svelte';
import { merged, pinnedFirst, repliesOf, replaced, tombstone } from './thread';

export const THREADS_PER_PAGE = 20;
/** Replies fetched at a time. */
export const REPLIES_PER_PAGE = 50;

export interface Replies {
  readonly open: boolean;
  readonly list: readonly VideoComment[];
  /** How far the server's list has been read. */
  readonly read: number;
  readonly total: number;
  readonly loading: boolean;
  readonly problem: unknown;
}

const CLOSED: Replies = { open: false, list: [], read: 0, total: 0, loading: false, problem: null };

export class CommentSection {
  threads = $state.raw<readonly VideoComment[]>([]);
  /** The thread one came for by a link; shown above the others. */
  linked = $state.raw<VideoComment | null>(null);
  /** The link led to a thread that is gone. */
  linkBroken = $state(false);
  /** Threads, for the pages. */
  total = $state(0);
  /** Comments and replies that can be read. */
  shown = $state(0);
  page = $state(1);
  sort = $state<Sort>('-createdAt');
  known = $state(false);
  problem = $state.raw<unknown>(null);
  announcement = $state('');
  readonly replies = new SvelteMap<number, Replies>();
  readonly slow = new SlowMode();
  readonly #place: () => Place;
  readonly #slowSeconds: () => number;
  #asked = 0;

  constructor(place: () => Place, slowSeconds: () => number) {
    this.#place = place;
    this.#slowSeconds = slowSeconds;
  }

  get pages(): number {
    return Math.max(1, Math.ceil(this.total / THREADS_PER_PAGE));
  }

  /** Everybody who speaks in what is on the page: suggested after an `@`. */
  get people() {
    const replies = [...this.replies.values()].flatMap(({ list }) => list);
    return [...this.threads, ...replies].flatMap(({ account }) => (account === null ? [] : [account]));
  }

  repliesTo(threadId: number): Replies {
    return this.replies.get(threadId) ?? CLOSED;
  }

  async load(): Promise<void> {
    this.#asked += 1;
    const mine = this.#asked;
    const start = (this.page - 1) * THREADS_PER_PAGE;
    try {
      const { sort } = this;
      const found = await listThreads(this.#place(), { start, count: THREADS_PER_PAGE, sort });
      if (mine !== this.#asked) return;
      this.threads = found.data;
      this.total = found.total;
      this.shown = found.totalNotDeletedComments;
      this.problem = null;
      this.known = true;
    } catch (error) {
      if (mine === this.#asked) this.problem = error;
    }
  }

  /** Another page or another order. */
  async turn(to: { page?: number; sort?: Sort }): Promise<void> {
    this.sort = to.sort ?? this.sort;
    this.page = to.page ?? 1;
    this.linked = null;
    this.replies.clear();
    await this.load();
    if (!this.problem) {
      this.announcement = say('comments.pageShown', { page: this.page, pages: this.pages });
    }
  }

  /** Brings the thread of a link to the top, with all that a link can point at inside. */
  async follow(threadId: number, commentId: number | null): Promise<void> {
    this.linkBroken = false;
    try {
      const tree = await getThread(this.#place(), threadId, 0, REPLIES_PER_PAGE);
      this.linked = tree.comment;
      if (tree.children.length > 0) this.#keep(tree.comment, repliesOf(tree), tree.totalChildren);
      while (commentId !== null && commentId !== threadId && !this.#holds(threadId, commentId)) {
        if (!(await this.#readMore(tree.comment))) break;
      }
    } catch (error) {
      this.linkBroken = isProblem(error) && error.status === 404;
    }
  }

  #holds(threadId: number, commentId: number): boolean {
    return this.repliesTo(threadId).list.some(({ id }) => id === commentId);
  }

  /** Whether there was more to read. */
  async #readMore(thread: VideoComment): Promise<boolean> {
    const { read, total, problem } = this.repliesTo(thread.id);
    if (read >= total || problem) return false;
    await this.openReplies(thread);
    return this.repliesTo(thread.id).read > read;
  }

  /** Opens the replies of a thread, or reads the next of them. */
  async openReplies(thread: VideoComment): Promise<void> {
    const before = this.repliesTo(thread.id);
    this.replies.set(thread.id, { ...before, open: true, loading: true, problem: null });
    try {
      const tree = await getThread(this.#place(), thread.id, before.read, REPLIES_PER_PAGE);
      const found = repliesOf(tree);
      this.#keep(thread, found, tree.totalChildren);
      this.announcement = say('comments.repliesShown', { count: found.length });
    } catch (error) {
      this.replies.set(thread.id, { ...before, open: true, loading: false, problem: error });
    }
  }

  closeReplies(thread: VideoComment): void {
    this.replies.set(thread.id, { ...this.repliesTo(thread.id), open: false });
  }

  /** `total` is told when the server pages the replies of a thread; else they are all here. */
  #keep(thread: VideoComment, found: readonly VideoComment[], total: number | undefined): void {
    const before = this.repliesTo(thread.id);
    const list = merged(before.list, found);
    const read = total === undefined ? list.length : before.read + found.length;
    const all = total === undefined || found.length === 0 ? read : total;
    this.replies.set(thread.id, { open: true, list, read, total: all, loading: false, problem: null });
  }

  async write(text: string): Promise<void> {
    const made = await this.#sent(() => postThread(this.#place(), text));
    this.threads = pinnedFirst([made, ...this.threads]);
    this.total += 1;
    this.#count(made, 1);
  }

  async answer(thread: VideoComment, to: VideoComment, text: string): Promise<void> {
    const made = await this.#sent(() => postReply(this.#place(), to.id, text));
    const before = this.repliesTo(thread.id);
    // Replies that were never opened are read first, so that the new one does not stand alone.
    if (!before.open && before.read === 0 && thread.totalReplies > 0) await this.openReplies(thread);
    const now = this.repliesTo(thread.id);
    this.replies.set(thread.id, { ...now, open: true, list: merged(now.list, [made]) });
    if (made.state === 'shown') {
      this.#replace({ ...thread, totalReplies: thread.totalReplies + 1 });
    }
    this.#count(made, 1);
  }

  async #sent(send: () => Promise<VideoComment>): Promise<VideoComment> {
    try {
      const made = await send();
      this.slow.wait(this.#slowSeconds());
      this.announcement = say(made.state === 'shown' ? 'comments.published' : 'comments.waits');
      return made;
    } catch (error) {
      if (isProblem(error) && error.code === 'comment_slow_mode' && error.retryAfterSeconds !== null) {
        this.slow.wait(error.retryAfterSeconds);
      }
      throw error;
    }
  }

  async edit(comment: VideoComment, text: string): Promise<void> {
    const changed = await editComment(this.#place(), comment.id, text);
    this.#replace(changed);
    this.announcement = say(
      changed.state === 'shown' && !changed.pendingEdit ? 'comments.changed' : 'comments.waits',
    );
  }

  /** Who removes another's says why. */
  async remove(comment: VideoComment, why?: Why): Promise<void> {
    await deleteComment(this.#place(), comment.id, why);
    if (comment.totalReplies > 0) this.#replace(tombstone(comment));
    else this.#drop(comment);
    this.#count(comment, -1);
    this.announcement = say('comments.removed');
  }

  /** It was taken down: moderators go on seeing it, as refused. */
  takenDown(comment: VideoComment): void {
    this.#replace({ ...comment, state: 'rejected' });
    this.#count(comment, -1);
    this.announcement = say('comments.removed');
  }

  /** Shows what was held. */
  async approve(comment: VideoComment): Promise<void> {
    await approveComment(this.#place(), comment.id);
    this.#replace({ ...comment, state: 'shown', moderation: null });
    this.shown += 1;
    this.announcement = say('comments.approvedNow');
  }

  versionsOf(comment: VideoComment): Promise<readonly Version[]> {
    return listVersions(this.#place(), comment.id);
  }

  async mark(comment: VideoComment, mark: 'pin' | 'heart', on: boolean): Promise<void> {
    await markComment(this.#place(), comment.id, mark, on);
    this.#replace({ ...comment, ...(mark === 'pin' ? { pinned: on } : { hearted: on }) });
    // The pinned one is the first of the first page: there is one at most.
    if (mark === 'pin') await this.load();
    const words = mark === 'pin' ? (['comments.pinnedNow', 'comments.unpinnedNow'] as const) : (['comments.heartedNow', 'comments.unheartedNow'] as const);
    this.announcement = say(words[on ? 0 : 1]);
  }

  /** The author contested; told on the comment at once. */
  contested(comment: VideoComment, text: string, now = Date.now()): void {
    const { moderation } = comment;
    if (!moderation) return;
    const contest = { text, at: new Date(now).toISOString(), answeredAt: null };
    this.#replace({ ...comment, moderation: { ...moderation, contest, contestable: false } });
    this.announcement = say('comments.contestedNow');
  }

  #count(comment: VideoComment, step: 1 | -1): void {
    if (comment.state === 'shown') this.shown = Math.max(0, this.shown + step);
  }

  #replace(changed: VideoComment): void {
    this.threads = replaced(this.threads, changed);
    if (this.linked?.id === changed.id) this.linked = changed;
    const replies = this.replies.get(changed.threadId);
    if (replies) {
      this.replies.set(changed.threadId, { ...replies, list: replaced(replies.list, changed) });
    }
  }

  #drop({ id, threadId }: VideoComment): void {
    const others = (list: readonly VideoComment[]) => list.filter((comment) => comment.id !== id);
    if (this.threads.some((thread) => thread.id === id)) this.total -= 1;
    this.threads = others(this.threads);
    if (this.linked?.id === id) this.linked = null;
    const replies = this.replies.get(threadId);
    if (!replies) return;
    this.replies.set(threadId, { ...replies, list: others(replies.list) });
    const thread = this.threads.find((root) => root.id === threadId);
    if (thread) this.#replace({ ...thread, totalReplies: Math.max(0, thread.totalReplies - 1) });
  }
}
