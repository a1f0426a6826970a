/** What is a person told when the server refuses? Our own words where we have them, else its own. */
import { isProblem } from './api/http';
import { say, type Word } from './words.svelte';

const BY_CODE: Readonly<Record<string, Word>> = {
  invalid_grant: 'problem.invalidGrant',
  invalid_credentials: 'problem.invalidGrant',
  account_blocked: 'problem.accountBlocked',
  incorrect_video_password: 'problem.wrongVideoPassword',
  quota_reached: 'problem.quota',
};

const BY_STATUS: Readonly<Record<number, Word>> = {
  0: 'problem.network',
  401: 'problem.signedOut',
  403: 'problem.forbidden',
  404: 'problem.notFound',
  413: 'problem.tooLarge',
  415: 'problem.notMedia',
  429: 'problem.tooMany',
};

/** One or two sentences: what happened, whether anything was lost, what to do. */
export function explain(error: unknown): string {
  if (!isProblem(error)) return say('problem.unexpected');
  const known = BY_CODE[error.code];
  if (known !== undefined) return say(known);
  if (error.status === 429 || error.status === 0) return say(BY_STATUS[error.status] as Word);
  if (error.detail !== '') return error.detail;
  const byStatus = BY_STATUS[error.status];
  if (byStatus !== undefined) return say(byStatus);
  return say(error.status >= 500 ? 'problem.server' : 'problem.unexpected');
}
