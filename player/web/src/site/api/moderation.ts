/** The moderation desk, as our REST API has it: what waits, what was decided, and who may decide. */
import type { Contest, Reason as BareReason } from './comments';
import { ask, tell } from './http';
import type { Account, ActorSummary, Channel, Page } from './types';

/** Whose desk: that of the whole site, or of one channel. */
export type Scope = { readonly kind: 'instance' } | { readonly kind: 'channel'; readonly handle: string };

export const scopeQuery = (scope: Scope) =>
  scope.kind === 'instance'
    ? { scope: 'instance' }
    : { scope: 'channel', channel: scope.handle };

export interface MyScopes {
  readonly instance: boolean;
  /** One's own channels, and those one was made a moderator of; their `name` is the handle. */
  readonly channels: readonly Channel[];
}

/** Where the signed-in person may moderate. */
export function getScopes(): Promise<MyScopes> {
  return ask('/moderation/scopes');
}

export interface Reason extends BareReason {
  readonly list?: { readonly id: number; readonly name: string; readonly version: number } | null;
  readonly plugin?: string | null;
  readonly action?: string | null;
}

/** A piece of a text, in UTF-16 units as JavaScript counts them. */
export interface Span {
  readonly start: number;
  readonly end: number;
  /** Which of the reasons. */
  readonly reason?: number | null;
}

export interface SmallVideo {
  readonly id: number;
  readonly uuid: string;
  readonly shortUUID: string;
  readonly name: string;
}

export interface QueueItem {
  readonly id: number;
  readonly revisionId: number;
  /** What the text belongs to: a comment, video, caption, account or channel. */
  readonly kind: string;
  readonly subject: { readonly kind: string; readonly id: number };
  /** Which of its texts. */
  readonly surface: string;
  readonly text: string;
  readonly spans: readonly Span[];
  /** What the public sees meanwhile, when the text is a change. */
  readonly previousText: string | null;
  readonly author: Account | null;
  readonly video: SmallVideo | null;
  readonly channel: ActorSummary | null;
  readonly reasons: readonly Reason[];
  readonly tags: readonly string[];
  readonly heldAt: string;
  readonly assignee: ActorSummary | null;
  readonly contest: Contest | null;
  /** Whether the one who asks may release it: a rule of the site binds those of a channel. */
  readonly releasable: boolean;
}

/** What texts in the queue belong to. */
export const KINDS = ['comment', 'video', 'caption', 'account', 'channel'] as const;

export interface QueueFilters {
  readonly kind?: string | undefined;
  readonly assigned?: 'me' | 'none' | undefined;
  readonly contested?: true | undefined;
  readonly search?: string | undefined;
  readonly sort?: string | undefined;
}

export function getQueue(
  scope: Scope,
  filters: QueueFilters,
  { start, count, signal }: { start: number; count: number; signal?: AbortSignal },
): Promise<Page<QueueItem>> {
  const query = { ...scopeQuery(scope), ...filters, start, count };
  return ask('/moderation/queue', { query, signal });
}

export interface ContextComment {
  readonly id: number;
  readonly text: string;
  readonly account: ActorSummary | null;
  readonly createdAt: string;
  readonly state: string;
}

/** A stored version of a text. */
export interface Revision {
  readonly id: number;
  readonly text: string;
  readonly state: string;
  readonly createdAt: string;
}

export interface Context {
  /** The conversation, oldest first. */
  readonly thread: readonly ContextComment[];
  /** Versions of the same text, newest first. */
  readonly history: readonly Revision[];
  /** What its author wrote lately, newest first. */
  readonly authorItems: readonly Revision[];
  /** How many of the author's texts are `open`, `released`, `rejected`. */
  readonly authorCounts: Readonly<Record<string, number>>;
}

export function getContext(id: number, signal?: AbortSignal): Promise<Context> {
  return ask(`/moderation/queue/${id}/context`, { signal });
}

export interface Verdict {
  readonly decision: 'release' | 'reject';
  /** For moderators. */
  readonly note?: string | undefined;
  /** For the author. */
  readonly answer?: string | undefined;
  readonly blockAuthor?: boolean | undefined;
}

export interface Decided {
  readonly batchId: number;
  readonly done: number;
  readonly failed: readonly { readonly id: number; readonly reason: string }[];
}

export function decide(ids: readonly number[], verdict: Verdict): Promise<Decided> {
  return ask('/moderation/decisions', { method: 'POST', json: { ids, ...verdict } });
}

export interface Batch {
  readonly id: number;
  readonly state: 'running' | 'done' | 'undoing' | 'undone' | 'failed';
  readonly total: number;
  readonly examined: number;
  readonly changed: number;
  readonly etaSeconds?: number | null;
}

export function getBatch(id: number): Promise<Batch> {
  return ask(`/moderation/batches/${id}`);
}

export function undoBatch(id: number): Promise<Batch> {
  return ask(`/moderation/batches/${id}/undo`, { method: 'POST' });
}

/** Takes an item for oneself, or gives it back. */
export function assign(id: number, mine: boolean): Promise<void> {
  return tell(`/moderation/queue/${id}/assignment`, { method: mine ? 'PUT' : 'DELETE' });
}

export interface AuditRow {
  readonly id: number;
  readonly at: string;
  readonly decision: string;
  readonly verdict: string | null;
  /** Name of who did it; none: a rule, not a person. */
  readonly actor: string | null;
  /** Name of who wrote it. */
  readonly author: string | null;
  readonly surface: string | null;
  readonly text: string;
  readonly reasons: readonly Reason[];
  readonly note: string | null;
  readonly batchId: number | null;
}

export interface AuditFilters {
  readonly search?: string | undefined;
  readonly actor?: string | undefined;
  readonly author?: string | undefined;
  readonly decision?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

export function getAudit(
  scope: Scope,
  filters: AuditFilters,
  { start, count }: { start: number; count: number },
): Promise<Page<AuditRow>> {
  return ask('/moderation/audit', { query: { ...scopeQuery(scope), ...filters, start, count } });
}

/** Where the export of these rows is; asked for with the token, so no link of its own. */
export function auditExport(scope: Scope, filters: AuditFilters, format: 'json' | 'csv') {
  return { path: '/moderation/audit/export', query: { ...scopeQuery(scope), ...filters, format } };
}

const moderatorsOf = (handle: string) =>
  `/moderation/channels/${encodeURIComponent(handle)}/moderators`;

export async function getModerators(handle: string): Promise<readonly Account[]> {
  const { data } = await ask<Page<{ readonly account: Account }>>(moderatorsOf(handle));
  return data.map(({ account }) => account);
}

export function putModerator(handle: string, name: string, on: boolean): Promise<void> {
  const path = `${moderatorsOf(handle)}/${encodeURIComponent(name)}`;
  return tell(path, { method: on ? 'PUT' : 'DELETE' });
}
