/** Accounts under review, answers kept ready, and the overview of the desk, as our API has them. */
import { ask, tell } from './http';
import { type AuditRow, type Batch, type Scope, scopeQuery, type SmallVideo } from './moderation';
import type { Account, ActorSummary, Channel, Page } from './types';

const at = (name: string, rest = '') => `/moderation/accounts/${encodeURIComponent(name)}${rest}`;

export interface Slice {
  readonly start: number;
  readonly count: number;
}

export interface ReviewedUser {
  readonly id: number;
  readonly role: { readonly id: number; readonly label: string };
  readonly blocked: boolean;
  readonly blockedReason: string | null;
  readonly createdAt: string;
  readonly lastLoginDate: string | null;
}

export interface AuthorBlock {
  readonly id: number;
  readonly scope: string;
  readonly channel: Channel | null;
  readonly until: string | null;
  readonly by: Account | null;
}

/** A decision on everything that somebody commented. */
export interface AuthorBatch extends Batch {
  readonly decision: Fate | null;
  readonly createdAt: string;
}

export interface Review {
  readonly account: Account;
  readonly user: ReviewedUser | null;
  readonly channels: readonly Channel[];
  /** How many are `shown`, `held`, `rejected`, `deleted`. */
  readonly comments: Readonly<Record<string, number>>;
  readonly videos: number;
  /** How many are `pending`, `rejected`, `accepted`. */
  readonly reportsBy: Readonly<Record<string, number>>;
  readonly reportsAgainst: Readonly<Record<string, number>>;
  readonly notes: number;
  readonly blocks: readonly AuthorBlock[];
  readonly batches: readonly AuthorBatch[];
}

export function getReview(name: string): Promise<Review> {
  return ask(at(name));
}

/** A version of a text that somebody wrote. */
export interface Written {
  readonly id: number;
  readonly subject: { readonly kind: string; readonly id: number };
  readonly text: string;
  readonly state: string;
  readonly surface: string | null;
  readonly video: SmallVideo | null;
  readonly createdAt: string;
}

export interface TextFilters {
  readonly state?: string | undefined;
  readonly kind?: string | undefined;
  readonly search?: string | undefined;
}

export function listTexts(name: string, filters: TextFilters, slice: Slice): Promise<Page<Written>> {
  return ask(at(name, '/texts'), { query: { ...filters, ...slice } });
}

export interface OwnVideo {
  readonly id: number;
  readonly shortUUID: string;
  readonly name: string;
  readonly privacy: number;
  readonly state: number;
  readonly held: boolean;
  readonly blocked: boolean;
  readonly views: number;
  readonly comments: number;
  readonly createdAt: string;
}

export function listAllVideos(name: string, slice: Slice): Promise<Page<OwnVideo>> {
  return ask(at(name, '/videos'), { query: { ...slice } });
}

export function listDecisions(name: string, slice: Slice): Promise<Page<AuditRow>> {
  return ask('/moderation/audit', { query: { author: name, ...slice } });
}

export interface Note {
  readonly id: number;
  readonly text: string;
  readonly author: ActorSummary | null;
  readonly editable: boolean;
  readonly removable: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export function listNotes(name: string, slice: Slice): Promise<Page<Note>> {
  return ask(at(name, '/notes'), { query: { ...slice } });
}

export function addNote(name: string, text: string): Promise<Note> {
  return ask(at(name, '/notes'), { method: 'POST', json: { text } });
}

export function changeNote(name: string, id: number, text: string): Promise<Note> {
  return ask(at(name, `/notes/${id}`), { method: 'PUT', json: { text } });
}

export function removeNote(name: string, id: number): Promise<void> {
  return tell(at(name, `/notes/${id}`), { method: 'DELETE' });
}

/** What becomes of everything that somebody commented. */
export type Fate = 'hold' | 'reject' | 'release';

export interface BulkDecision {
  readonly decision: Fate;
  /** Only those of so many days. */
  readonly days?: number | undefined;
  readonly note?: string | undefined;
  readonly answer?: string | undefined;
}

export function decideAll(name: string, decision: BulkDecision): Promise<AuthorBatch> {
  return ask(at(name, '/comments'), { method: 'POST', json: decision });
}

/** What moderators keep ready to write. */
export interface Answer {
  readonly id: number;
  readonly title: string;
  readonly text: string;
  /** `instance` or `channel`. */
  readonly scope: string;
}

export async function listAnswers(scope: Scope): Promise<readonly Answer[]> {
  const query = { ...scopeQuery(scope), start: 0, count: 100 };
  return (await ask<Page<Answer>>('/moderation/answers', { query })).data;
}

export type AnswerFields = Pick<Answer, 'title' | 'text'>;

export function addAnswer(scope: Scope, fields: AnswerFields): Promise<Answer> {
  return ask('/moderation/answers', { method: 'POST', query: scopeQuery(scope), json: fields });
}

export function changeAnswer(id: number, fields: AnswerFields): Promise<Answer> {
  return ask(`/moderation/answers/${id}`, { method: 'PUT', json: fields });
}

export function removeAnswer(id: number): Promise<void> {
  return tell(`/moderation/answers/${id}`, { method: 'DELETE' });
}

/** How much of one kind waits. */
export interface Heap {
  readonly kind: string;
  readonly waiting: number;
  readonly mine: number;
  readonly contested: number;
  readonly oldestAt: string | null;
}

/** Something that waits, in short. */
export interface Waiting {
  readonly kind: string;
  readonly id: number;
  /** Where a text stands, or what is reported. */
  readonly what: string;
  readonly words: string;
  readonly sensitive: boolean;
  readonly contested: boolean;
  readonly account: Account | null;
  readonly video: SmallVideo | null;
  readonly assignee: ActorSummary | null;
  readonly since: string;
}

export interface Overview {
  readonly kinds: readonly Heap[];
  readonly next: readonly Waiting[];
}

export function getOverview(scope: Scope): Promise<Overview> {
  return ask('/moderation/overview', { query: { ...scopeQuery(scope), count: 50 } });
}
