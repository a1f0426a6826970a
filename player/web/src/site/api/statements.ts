/** Why something is restricted: statements of reasons, takedowns, and what is counted of both. */
import type { Contest } from './comments';
import { ask, tell } from './http';
import type { Account, Page } from './types';

export const GROUNDS = ['rules', 'law', 'other'] as const;
export type Ground = (typeof GROUNDS)[number];

/** Why something of somebody else's goes. */
export interface Why {
  readonly reason: string;
  readonly ground: Ground;
}

export interface Statement {
  readonly id: number;
  readonly act: string;
  readonly label: string;
  readonly ground: string;
  readonly automated: boolean;
  /** In the moderator's words; empty when there are none. */
  readonly reason: string;
  readonly explanation: string | null;
  readonly inForce: boolean;
  readonly createdAt: string;
  readonly until: string | null;
  readonly endedAt: string | null;
  readonly video: { readonly shortUUID: string; readonly name: string } | null;
  readonly decisionId: number | null;
  readonly contestable: boolean;
  readonly contest: (Contest & { readonly answer: string | null }) | null;
}

/** What restricts the signed-in person, latest first. */
export function listStatements(start: number, count: number): Promise<Page<Statement>> {
  return ask('/users/me/statements', { query: { start, count } });
}

export interface Takedown {
  readonly id: number;
  readonly kind: 'video' | 'comment';
  readonly subjectId: number;
  readonly label: string;
  readonly account: Account | null;
  readonly by: Account | null;
  readonly ground: string;
  readonly reason: string;
  readonly reference: string | null;
  readonly state: 'standing' | 'restored' | 'removed';
  readonly contested: boolean;
  readonly evidence: {
    readonly text?: string;
    readonly description?: string;
    readonly tags?: readonly string[];
    readonly uuid?: string;
    readonly video?: { readonly uuid: string; readonly name: string } | null;
  } | null;
  readonly createdAt: string;
  readonly keepUntil: string;
}

export function listTakedowns(start: number, count: number, search: string): Promise<Page<Takedown>> {
  return ask('/moderation/takedowns', { query: { start, count, search: search || undefined } });
}

/** Takes a video or comment out of sight and keeps it as evidence for a while. */
export function takeDown(kind: Takedown['kind'], id: number, why: Why, reference: string): Promise<void> {
  const json = { kind, id, ...why, reference: reference || undefined };
  return tell('/moderation/takedowns', { method: 'POST', json });
}

export function restoreTakedown(id: number): Promise<void> {
  return tell(`/moderation/takedowns/${id}/restore`, { method: 'POST' });
}

export interface Delays {
  readonly medianSeconds: number | null;
  readonly p90Seconds: number | null;
}

/** What was moderated in a period, counted. */
export interface Transparency {
  readonly since: string;
  readonly until: string;
  readonly countedAt: string;
  readonly restrictions: number;
  readonly acts: readonly {
    readonly act: string;
    readonly ground: string;
    readonly rule: string | null;
    readonly automated: boolean;
    readonly count: number;
  }[];
  readonly takedownsLifted: number;
  readonly decisions: Delays & { readonly released: number; readonly refused: number; readonly waiting: number };
  readonly reports: Delays & {
    readonly filed: number;
    readonly byKind: Readonly<Record<string, number>>;
    readonly byReason: Readonly<Record<string, number>>;
    readonly accepted: number;
    readonly rejected: number;
    readonly waiting: number;
  };
  readonly contests: Delays & { readonly filed: number; readonly reversed: number; readonly upheld: number };
}

export const transparencyPath = '/server/transparency';

export function getTransparency(since: string | undefined, until: string | undefined): Promise<Transparency> {
  return ask(transparencyPath, { query: { since, until } });
}
