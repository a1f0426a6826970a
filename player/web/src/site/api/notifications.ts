/** What somebody is told: PeerTube's notifications, and our own kinds from 100 up. */
import { ask, tell } from './http';
import type { ActorSummary, Page } from './types';

/** The kinds that this server sends. */
export const KIND = {
  commentOnMyVideo: 2,
  newReport: 3,
  videoBlocked: 4,
  videoUnblocked: 5,
  userRegistered: 8,
  mention: 11,
  videoWaits: 12,
  reportDecided: 15,
  reportMessage: 16,
  registrationRequested: 20,
  decision: 100,
  contestAnswered: 101,
  pluginDisabled: 102,
  textsHeld: 103,
  contests: 104,
  statement: 105,
  registrationAccepted: 106,
} as const;

export interface VideoInfo {
  readonly id: number;
  readonly uuid: string;
  readonly shortUUID: string;
  readonly name: string;
}

export interface Notification {
  readonly id: number;
  readonly type: number;
  readonly read: boolean;
  readonly createdAt: string;
  readonly video?: VideoInfo | null;
  /** The block of that video. */
  readonly videoBlacklist?: { readonly id: number; readonly reason: string | null } | null;
  /** Who asks for an account. */
  readonly registration?: { readonly id: number; readonly username: string } | null;
  readonly comment?: {
    readonly id: number;
    readonly threadId: number;
    readonly video: VideoInfo | null;
    readonly account: ActorSummary | null;
    readonly heldForReview: boolean;
  } | null;
  readonly account?: ActorSummary | null;
  /** The report it is about. */
  readonly abuse?: {
    readonly id: number;
    readonly state: number;
    readonly video?: { readonly name: string | null } | null;
    readonly comment?: { readonly video: { readonly name: string | null } | null } | null;
  } | null;
  /** Ours: what was decided about one's own text. */
  readonly decision?: {
    readonly id: number;
    readonly verdict: 'held' | 'released' | 'rejected';
    /** What the moderator wrote. */
    readonly answer: string | null;
    /** One had asked for another look. */
    readonly contested: boolean;
    readonly subject: { readonly kind: string; readonly id: number; readonly field: string };
  } | null;
  /** Whatever else our kinds tell. */
  readonly details?: {
    readonly plugin?: string;
    readonly channel?: string;
    /** What restricts the reader, and why. */
    readonly statement?: { readonly act: string; readonly label: string; readonly reason: string };
    readonly response?: string | null;
    /** How many of one's texts were decided together. */
    readonly batch?: { readonly texts: number; readonly undone: boolean };
  } | null;
}

export function listNotifications(
  { start, count }: { start: number; count: number },
  unread = false,
): Promise<Page<Notification>> {
  const query = { start, count, sort: '-createdAt', unread: unread ? true : undefined };
  return ask('/users/me/notifications', { query });
}

export async function countUnread(): Promise<number> {
  return (await listNotifications({ start: 0, count: 0 }, true)).total;
}

export function readNotifications(ids: readonly number[]): Promise<void> {
  return tell('/users/me/notifications/read', { method: 'POST', json: { ids } });
}

export function readAllNotifications(): Promise<void> {
  return tell('/users/me/notifications/read-all', { method: 'POST' });
}

/** How each kind is told: bits, 1 in the site, 2 by mail. */
export type NotificationSettings = Readonly<Record<string, number>>;

export function saveNotificationSettings(settings: NotificationSettings): Promise<void> {
  return tell('/users/me/notification-settings', { method: 'PUT', json: settings });
}
