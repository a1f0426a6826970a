/** Comments of videos, as the REST API has them: PeerTube's shapes, and ours beside them. */
import { ask, tell } from './http';
import type { Why } from './statements';
import type { Account, Page } from './types';
import { passwordHeader } from './videos';

/** Whose rule spoke: a block, a word list, a plugin, the policy of the channel, an automatic tag. */
export interface Reason {
  readonly source: string;
  readonly label: string;
  readonly matched?: string | null;
}

export interface Contest {
  readonly text: string;
  readonly at: string;
  readonly answeredAt?: string | null;
}

/** Why a text is not shown, or was not for a while: told to its author and to moderators. */
export interface Decision {
  readonly decisionId: number;
  readonly verdict: 'held' | 'released' | 'rejected';
  readonly reasons: readonly Reason[];
  /** Plain words in the language of the page. */
  readonly explanation: string;
  /** What a moderator wrote to the author. */
  readonly answer?: string | null;
  readonly contest?: Contest | null;
  readonly contestable: boolean;
}

export type CommentState = 'shown' | 'held' | 'rejected' | 'deleted';

/** What the asking person may do with a comment. */
export interface Capabilities {
  readonly edit: boolean;
  readonly delete: boolean;
  readonly pin: boolean;
  readonly heart: boolean;
  readonly moderate: boolean;
}

export interface PendingEdit {
  readonly text: string;
  readonly html: string;
  readonly state: 'held' | 'rejected';
}

export interface VideoComment {
  readonly id: number;
  readonly url: string;
  /** Markdown, as it was written. */
  readonly text: string;
  /** The same as HTML, made safe by the server. */
  readonly html: string;
  readonly threadId: number;
  readonly inReplyToCommentId: number | null;
  readonly createdAt: string;
  readonly editedAt?: string | null;
  readonly isDeleted: boolean;
  readonly state: CommentState;
  readonly totalReplies: number;
  readonly totalRepliesFromVideoAuthor: number;
  /** None for a comment that is gone. */
  readonly account: Account | null;
  readonly pinned: boolean;
  readonly hearted: boolean;
  readonly moderation?: Decision | null;
  /** For its author and moderators: a change that others do not see. */
  readonly pendingEdit?: PendingEdit | null;
  readonly capabilities?: Capabilities | null;
}

export interface ThreadPage extends Page<VideoComment> {
  readonly totalNotDeletedComments: number;
}

export interface ThreadTree {
  readonly comment: VideoComment;
  readonly children: readonly ThreadTree[];
  /** How many replies there are in all, when `children` is a page of them. */
  readonly totalChildren?: number;
}

/** Newest first, oldest first, most answered first. */
export const SORTS = ['-createdAt', 'createdAt', '-totalReplies'] as const;
export type Sort = (typeof SORTS)[number];

/** A video, and the password that opens it when it has one. */
export interface Place {
  readonly id: string;
  readonly password: string | null;
}

const at = ({ id }: Place, rest: string) => `/videos/${encodeURIComponent(id)}/${rest}`;
const headersOf = ({ password }: Place) => passwordHeader(password);

export function listThreads(
  place: Place,
  { start, count, sort }: { start: number; count: number; sort: Sort },
): Promise<ThreadPage> {
  const query = { start, count, sort };
  return ask(at(place, 'comment-threads'), { query, headers: headersOf(place) });
}

export function getThread(place: Place, threadId: number, start = 0, count = 100): Promise<ThreadTree> {
  const query = { start, count };
  return ask(at(place, `comment-threads/${threadId}`), { query, headers: headersOf(place) });
}

/** Begins a thread; the answer may be held for review. */
export async function postThread(place: Place, text: string): Promise<VideoComment> {
  return (await write('POST', place, 'comment-threads', text)).comment;
}

export async function postReply(place: Place, to: number, text: string): Promise<VideoComment> {
  return (await write('POST', place, `comments/${to}`, text)).comment;
}

/** Ours: PeerTube's comments cannot be changed. */
export async function editComment(place: Place, id: number, text: string): Promise<VideoComment> {
  return (await write('PUT', place, `comments/${id}`, text)).comment;
}

function write(
  method: 'POST' | 'PUT',
  place: Place,
  rest: string,
  text: string,
): Promise<{ comment: VideoComment }> {
  return ask(at(place, rest), { method, json: { text }, headers: headersOf(place) });
}

/** Who deletes another's comment says why. */
export function deleteComment(place: Place, id: number, why?: Why): Promise<void> {
  return tell(at(place, `comments/${id}`), { method: 'DELETE', ...(why && { json: why }) });
}

/** Shows a held comment. */
export function approveComment(place: Place, id: number): Promise<void> {
  return tell(at(place, `comments/${id}/approve`), { method: 'POST' });
}

/** A version of a comment, as moderators see it. */
export interface Version {
  readonly id: number;
  readonly text: string;
  readonly state: string;
  readonly createdAt: string;
}

/** Every version there was, for those who moderate. */
export async function listVersions(place: Place, id: number): Promise<readonly Version[]> {
  return (await ask<Page<Version>>(at(place, `comments/${id}/history`))).data;
}

export function markComment(place: Place, id: number, mark: 'pin' | 'heart', on: boolean): Promise<void> {
  return tell(at(place, `comments/${id}/${mark}`), { method: on ? 'PUT' : 'DELETE' });
}

/** Asks that a person looks at a decision again; possible once. */
export function contestDecision(decisionId: number, text: string): Promise<void> {
  return tell(`/moderation/decisions/${decisionId}/contest`, { method: 'POST', json: { text } });
}
