/** Reports, as PeerTube's REST API has them: what people report, and what becomes of it. */
import { ask, tell } from './http';
import type { Account, ActorSummary, Channel, Page } from './types';

export const REASONS = [
  'violentOrAbusive',
  'hatefulOrAbusive',
  'spamOrMisleading',
  'privacy',
  'rights',
  'serverRules',
  'thumbnails',
  'captions',
] as const;
export type PredefinedReason = (typeof REASONS)[number];

export const STATE = { pending: 1, rejected: 2, accepted: 3 } as const;
export type ReportState = (typeof STATE)[keyof typeof STATE];

/** What is reported. */
export type Reported =
  | { readonly kind: 'video'; readonly id: number; readonly seconds: number }
  | { readonly kind: 'comment'; readonly id: number }
  | { readonly kind: 'account'; readonly id: number };

export interface NewReport {
  readonly reason: string;
  readonly predefinedReasons: readonly PredefinedReason[];
  /** Where in the video, seconds. */
  readonly startAt: number | null;
}

export interface Report {
  readonly id: number;
  readonly reason: string;
  readonly predefinedReasons: readonly PredefinedReason[];
  readonly reporterAccount: Account | null;
  readonly flaggedAccount: Account | null;
  readonly state: { readonly id: ReportState; readonly label: string };
  readonly moderationComment?: string | null;
  readonly video: {
    readonly id: number | null;
    readonly shortUUID: string;
    readonly name: string;
    readonly nsfw: boolean;
    readonly deleted: boolean;
    readonly startAt: number | null;
    readonly channel: Channel | null;
    readonly countReports: number;
    readonly nthReport: number;
  } | null;
  readonly comment: {
    readonly id: number;
    readonly threadId: number;
    readonly text: string;
    readonly deleted: boolean;
    readonly video: { readonly id: number | null; readonly shortUUID: string; readonly name: string } | null;
  } | null;
  /** Who works on it; for moderators. */
  readonly assignee?: ActorSummary | null;
  readonly countMessages: number;
  readonly countReportsForReporter?: number;
  readonly countReportsForReportee?: number;
  readonly createdAt: string;
}

export interface ReportMessage {
  readonly id: number;
  readonly message: string;
  readonly byModerator: boolean;
  readonly createdAt: string;
  readonly account: ActorSummary | null;
}

export interface ReportsWanted {
  readonly start: number;
  readonly count: number;
  readonly state?: ReportState | undefined;
  readonly search?: string | undefined;
  /** Those I work on, or those nobody works on: for moderators. */
  readonly assigned?: 'me' | 'none' | undefined;
  readonly sort?: string;
}

/** Files a report; the same thing reported again, while it waits, is the same report. */
export async function fileReport(what: Reported, report: NewReport): Promise<number> {
  const { reason, predefinedReasons, startAt } = report;
  const target = what.kind === 'video' ? { id: what.id, startAt: startAt ?? undefined } : { id: what.id };
  const json = { reason, predefinedReasons, [what.kind]: target };
  return (await ask<{ abuse: { id: number } }>('/abuses', { method: 'POST', json })).abuse.id;
}

/** Everybody's reports, for moderators, or one's own. */
export function listReports(mine: boolean, wanted: ReportsWanted): Promise<Page<Report>> {
  const { search } = wanted;
  const query = { sort: '-createdAt', ...wanted, search: search === '' ? undefined : search };
  return ask(mine ? '/users/me/abuses' : '/abuses', { query });
}

/** Reports by somebody, or against them, newest first: for moderators. */
export function listReportsOf(
  side: 'reporter' | 'reportee',
  name: string,
  slice: { readonly start: number; readonly count: number },
): Promise<Page<Report>> {
  return ask('/abuses', { query: { ...slice, [side]: name, sort: '-createdAt' } });
}

/** Takes a report for oneself, or gives it back. */
export function assignReport(id: number, mine: boolean): Promise<void> {
  return tell(`/abuses/${id}/assignment`, { method: mine ? 'PUT' : 'DELETE' });
}

export interface ReportChange {
  readonly state?: ReportState;
  readonly moderationComment?: string | null;
}

export function changeReport(id: number, change: ReportChange): Promise<void> {
  return tell(`/abuses/${id}`, { method: 'PUT', json: change });
}

export function deleteReport(id: number): Promise<void> {
  return tell(`/abuses/${id}`, { method: 'DELETE' });
}

export async function listReportMessages(id: number): Promise<readonly ReportMessage[]> {
  return (await ask<Page<ReportMessage>>(`/abuses/${id}/messages`)).data;
}

export function writeReportMessage(id: number, message: string): Promise<void> {
  return tell(`/abuses/${id}/messages`, { method: 'POST', json: { message } });
}
