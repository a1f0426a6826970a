/** Lists that follow an address, and which automatic tags hold a text. */
import { ask, tell } from './http';
import { type Scope, scopeQuery } from './moderation';
import type { Page } from './types';

export interface Subscription {
  readonly id: number;
  readonly listId: number;
  readonly name: string;
  readonly url: string;
  /** Base64 of the key that signs it; null: a human approves every change. */
  readonly publicKey: string | null;
  readonly automatic: boolean;
  readonly state: 'waiting' | 'fetched' | 'failed' | 'pending';
  readonly error: string | null;
  readonly importedWordsCount: number;
  readonly lastSyncAt: string | null;
}

export interface NewSubscription {
  readonly url: string;
  readonly name?: string | undefined;
  readonly action: string;
  readonly publicKey?: string | undefined;
  readonly automatic: boolean;
}

export async function listSubscriptions(scope: Scope): Promise<readonly Subscription[]> {
  const query = { ...scopeQuery(scope), start: 0, count: 100 };
  return (await ask<Page<Subscription>>('/moderation/subscriptions', { query })).data;
}

export function subscribe(scope: Scope, what: NewSubscription): Promise<Subscription> {
  return ask('/moderation/subscriptions', { method: 'POST', query: scopeQuery(scope), json: what });
}

/** Ends it; the list stays with what it has. */
export function unsubscribe(id: number): Promise<void> {
  return tell(`/moderation/subscriptions/${id}`, { method: 'DELETE' });
}

export interface Difference {
  readonly added: readonly string[];
  readonly addedCount: number;
  readonly removed: readonly string[];
  readonly removedCount: number;
}

export function getDifference(id: number): Promise<Difference> {
  return ask(`/moderation/subscriptions/${id}/difference`);
}

/** Lets what waits take effect, or drops it. */
export function answerUpdate(id: number, approve: boolean): Promise<void> {
  return tell(`/moderation/subscriptions/${id}/${approve ? 'approve' : 'dismiss'}`, { method: 'POST' });
}

/** Whose tags: of the site, for texts of videos; or of an account, for comments under its videos. */
export type TagOwner = { readonly kind: 'instance' } | { readonly kind: 'account'; readonly name: string };

export interface Tag {
  readonly name: string;
  /** `core` or `watched-words-list`. */
  readonly type: string;
}

const ofAccount = (name: string) => `/automatic-tags/accounts/${encodeURIComponent(name)}/available`;
const commentsOf = (name: string) =>
  `/automatic-tags/policies/accounts/${encodeURIComponent(name)}/comments`;
const OF_VIDEOS = '/automatic-tags/policies/server/videos';

export async function listTags(owner: TagOwner): Promise<readonly Tag[]> {
  const path = owner.kind === 'instance' ? '/automatic-tags/server/available' : ofAccount(owner.name);
  return (await ask<{ available: readonly Tag[] }>(path)).available;
}

/** The tags that hold a text. */
export async function getHolding(owner: TagOwner): Promise<readonly string[]> {
  if (owner.kind === 'instance') return (await ask<{ autoBlock: readonly string[] }>(OF_VIDEOS)).autoBlock;
  return (await ask<{ review: readonly string[] }>(commentsOf(owner.name))).review;
}

export function setHolding(owner: TagOwner, tags: readonly string[]): Promise<void> {
  return owner.kind === 'instance'
    ? tell(OF_VIDEOS, { method: 'PUT', json: { autoBlock: tags } })
    : tell(commentsOf(owner.name), { method: 'PUT', json: { review: tags } });
}
