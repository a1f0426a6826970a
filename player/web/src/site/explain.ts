/** What is a person told when the server refuses? Our own words where we have them, else its own. */
import { isProblem } from './api/http';
import { say, type Word, words } from './words.svelte';

const BY_CODE: Readonly<Record<string, Word>> = {
  invalid_grant: 'problem.invalidGrant',
  invalid_credentials: 'problem.invalidGrant',
  account_blocked: 'problem.accountBlocked',
  account_waiting_for_approval: 'signups.waits',
  account_approval_rejected: 'signups.refused',
  too_many_signups: 'signups.tooMany',
  incorrect_video_password: 'problem.wrongVideoPassword',
  current_password_is_invalid: 'problem.currentPassword',
  max_file_size_reached: 'problem.tooLarge',
  quota_reached: 'problem.quota',
  video_already_being_transcoded: 'problem.beingMade',
  comment_too_long: 'problem.tooLongComment',
  comment_slow_mode: 'problem.slowMode',
  comment_throttled: 'problem.slowMode',
  comments_disabled: 'problem.commentsClosed',
  comment_mentions_too_many: 'problem.tooManyNames',
};

const BY_STATUS: Readonly<Record<number, Word>> = {
  0: 'problem.network',
  401: 'problem.signedOut',
  403: 'problem.forbidden',
  404: 'problem.notFound',
  413: 'problem.tooLarge',
  415: 'problem.notMedia',
  422: 'problem.notMedia',
  429: 'problem.tooMany',
};

/** Where the server's own sentence adds nothing. */
const OUR_OWN: readonly number[] = [0, 401, 429];

/** Whether signing in again is what helps: the token ran out or was taken away. */
export function endsSession(error: unknown): boolean {
  return isProblem(error) && error.status === 401 && BY_CODE[error.code] === undefined;
}

/** One or two sentences: what happened, whether anything was lost, what to do. */
export function explain(error: unknown): string {
  if (!isProblem(error)) return say('problem.unexpected');
  const known = BY_CODE[error.code];
  if (known !== undefined && error.reason !== '') {
    return `${say(known)} ${say('signups.wrote', { words: error.reason })}`;
  }
  if (known !== undefined) return say(known);
  const byStatus = BY_STATUS[error.status];
  if (byStatus !== undefined && OUR_OWN.includes(error.status)) return say(byStatus);
  // The server speaks English: more exact than what we say, where it is understood.
  const isForeign = words.language !== 'en' && byStatus !== undefined;
  if (error.detail !== '' && !isForeign) return error.detail;
  if (byStatus !== undefined) return say(byStatus);
  return say(error.status >= 500 ? 'problem.server' : 'problem.unexpected');
}
