/** Whom people and the site do not want to see, as PeerTube's REST API and ours have it. */
import type { Reason } from './moderation';
import { ask, tell } from './http';
import type { Account, ActorSummary, Page } from './types';

/** Whose list: one's own, or the site's. */
export type Whose = 'mine' | 'instance';

export interface Slice {
  readonly start: number;
  readonly count: number;
  readonly search: string;
}

interface Muted {
  readonly blockedAccount: Account;
  readonly createdAt: string;
}

export interface AuthorBlock {
  readonly id: number;
  readonly account: Account;
  /** Under whose videos. */
  readonly scope: 'instance' | 'channel' | 'account';
  readonly channel: ActorSummary | null;
  readonly until: string | null;
  readonly hides: boolean;
  readonly reason: string | null;
  readonly reasons: readonly Reason[];
  /** The beginning of what was written, when a text led to it. */
  readonly text: string | null;
  /** What moderators noted for each other. */
  readonly note: string | null;
  readonly by: Account | null;
  readonly createdAt: string;
}

interface ServerBlock {
  readonly blockedServer: { readonly host: string };
  readonly byAccount: Account | null;
  readonly reason: string | null;
  readonly createdAt: string;
}

/** Somebody or something on a list. */
export interface Entry {
  readonly key: string;
  /** Null for a server. */
  readonly account: Account | null;
  /** `name@host`, or a server's host. */
  readonly address: string;
  readonly createdAt: string;
  /** Of the site's list: more about it. */
  readonly block: Partial<Omit<AuthorBlock, 'account'>> | null;
  /** Takes it off the list. */
  readonly lift: () => Promise<void>;
}

const BASE: Readonly<Record<Whose, string>> = {
  mine: '/users/me/blocklist',
  instance: '/server/blocklist',
};

export const addressOf = ({ name, host }: { name: string; host: string }) => `${name}@${host}`;

const asked = ({ start, count, search }: Slice) => ({
  start,
  count,
  search: search === '' ? undefined : search,
});

/** Accounts on a list; of the site's, whatever refuses their texts, in every scope. */
export async function listAccounts(whose: Whose, slice: Slice): Promise<Page<Entry>> {
  if (whose === 'mine') {
    const { total, data } = await ask<Page<Muted>>(`${BASE.mine}/accounts`, { query: asked(slice) });
    return { total, data: data.map(ofMuted) };
  }
  const query = { ...asked(slice), all: true };
  const { total, data } = await ask<Page<AuthorBlock>>('/moderation/blocks', { query });
  return { total, data: data.map(ofBlock) };
}

function ofMuted({ blockedAccount: account, createdAt }: Muted): Entry {
  const address = addressOf(account);
  return { key: address, account, address, createdAt, block: null, lift: () => lift('mine', address) };
}

function ofBlock(block: AuthorBlock): Entry {
  const { id, account, createdAt } = block;
  return { key: String(id), account, address: addressOf(account), createdAt, block, lift: () => liftBlock(id) };
}

/** Whose texts a channel refuses, by its lists and by decisions; newest first. */
export function listChannelBlocks(channel: string, slice: Slice): Promise<Page<AuthorBlock>> {
  return ask('/moderation/blocks', { query: { scope: 'channel', channel, ...asked(slice) } });
}

/** Lifts one block, whatever made it. */
export function liftBlock(id: number): Promise<void> {
  return tell(`/moderation/blocks/${id}`, { method: 'DELETE' });
}

/** Servers on a list. */
export async function listServers(whose: Whose, slice: Slice): Promise<Page<Entry>> {
  const path = `${BASE[whose]}/servers`;
  const { total, data } = await ask<Page<ServerBlock>>(path, { query: asked(slice) });
  const entry = ({ blockedServer: { host }, byAccount, reason, createdAt }: ServerBlock): Entry => ({
    key: host,
    account: null,
    address: host,
    createdAt,
    block: whose === 'mine' ? null : { by: byAccount, reason },
    lift: () => tell(`${path}/${encodeURIComponent(host)}`, { method: 'DELETE' }),
  });
  return { total, data: data.map(entry) };
}

/** Puts an account on a list; `reason` is for moderators. */
export function block(whose: Whose, accountName: string, reason?: string): Promise<void> {
  return tell(`${BASE[whose]}/accounts`, { method: 'POST', json: { accountName, reason } });
}

/** Takes an account off a list. */
export function lift(whose: Whose, accountName: string): Promise<void> {
  return tell(`${BASE[whose]}/accounts/${encodeURIComponent(accountName)}`, { method: 'DELETE' });
}

/** Puts a server on a list; `reason` is for moderators. */
export function blockServer(whose: Whose, host: string, reason?: string): Promise<void> {
  return tell(`${BASE[whose]}/servers`, { method: 'POST', json: { host, reason } });
}

export interface Status {
  readonly blockedByServer: boolean;
  readonly blockedByUser: boolean;
}

/** How an account stands, for the site and for the one who asks. */
export async function statusOf(accountName: string): Promise<Status> {
  const query = { accounts: accountName };
  const found = await ask<{ accounts: Record<string, Status> }>('/blocklist/status', { query });
  return found.accounts[accountName] ?? { blockedByServer: false, blockedByUser: false };
}

export interface Imported {
  readonly accounts: number;
  readonly servers: number;
  readonly known: number;
  readonly skipped: readonly { readonly line: number; readonly text: string; readonly why: string }[];
  readonly skippedCount: number;
}

/** Reads a file into a list; how it is written shows itself. */
export function importFile(whose: Whose, data: string): Promise<Imported> {
  return ask(`${BASE[whose]}/import`, { method: 'POST', json: { data } });
}

export const FORMATS = ['json', 'csv', 'mastodon-accounts', 'mastodon-servers'] as const;
export type Format = (typeof FORMATS)[number];

/** Where a list is had as a file. */
export const exportPath = (whose: Whose) => `${BASE[whose]}/export`;
