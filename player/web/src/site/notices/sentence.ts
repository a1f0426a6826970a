/** What does a notification say, and where does it lead? */
import type { IconName } from '../../design/icons';
import { KIND, type Notification, type VideoInfo } from '../api/notifications';
import { STATE } from '../api/reports';
import { actName } from '../parts/statements/names';
import type { Blanks } from '../../i18n';
import type { Word } from '../words.svelte';

export interface Sentence {
  readonly word: Word;
  readonly blanks: Blanks;
  readonly icon: IconName;
  /** Where it leads; nothing when what it tells of is gone. */
  readonly href: string | null;
  /** More of it, as the server wrote it. */
  readonly more: readonly string[];
}

const watch = (video: VideoInfo) => `/w/${video.shortUUID}`;

function toComment({ comment }: Notification): string | null {
  if (!comment?.video) return null;
  return `${watch(comment.video)}?threadId=${comment.threadId}#comment-${comment.id}`;
}

/** The sentence of a notification; `null` for kinds this version does not know. */
export function sentenceOf(notice: Notification): Sentence | null {
  const { comment, decision } = notice;
  const name = comment?.account?.displayName ?? notice.account?.displayName ?? '';
  const title = comment?.video?.name ?? notice.video?.name ?? '';
  const plain = { blanks: { name, title }, href: toComment(notice), more: [] };
  switch (notice.type) {
    case KIND.commentOnMyVideo: {
      const word = comment?.heldForReview ? 'notices.commentHeld' : 'notices.comment';
      return { ...plain, word, icon: comment?.heldForReview ? 'clock' : 'messages' };
    }
    case KIND.mention:
      return { ...plain, word: 'notices.mention', icon: 'reply' };
    case KIND.decision:
    case KIND.contestAnswered: {
      const word = decisionWord(notice);
      const more = decision?.answer ? [decision.answer] : [];
      const href = plain.href ?? (notice.video ? watch(notice.video) : null);
      return { blanks: { count: textsOf(notice) }, href, word, icon: 'shield', more };
    }
    case KIND.newReport:
    case KIND.reportDecided:
    case KIND.reportMessage:
      return ofReport(notice);
    case KIND.userRegistered:
      return { ...plain, word: 'signups.noticeUser', icon: 'user', href: notice.account ? `/a/${notice.account.name}` : null };
    case KIND.registrationRequested: {
      const blanks = { name: notice.registration?.username ?? '' };
      const href = '/admin/moderation/registrations?state=1';
      return { word: 'signups.noticeAsks', blanks, icon: 'user', href, more: [] };
    }
    case KIND.registrationAccepted: {
      const more = notice.details?.response ? [notice.details.response] : [];
      return { word: 'signups.noticeAccepted', blanks: {}, icon: 'userCheck', href: null, more };
    }
    case KIND.videoBlocked:
    case KIND.videoUnblocked:
    case KIND.videoWaits:
      return ofVideo(notice);
    case KIND.pluginDisabled:
      return {
        word: 'notices.pluginDisabled',
        blanks: { name: notice.details?.plugin ?? '' },
        icon: 'puzzle',
        href: '/admin/plugins',
        more: [],
      };
    case KIND.textsHeld:
      return { word: 'notices.textsHeld', blanks: {}, icon: 'clock', href: '/admin/moderation', more: [] };
    case KIND.contests:
      return { word: 'notices.contests', blanks: {}, icon: 'shield', href: '/admin/moderation', more: [] };
    case KIND.statement: {
      const { act = '', label = '', reason = '' } = notice.details?.statement ?? {};
      const word = label === '' ? 'statements.toldYouPlain' : 'statements.toldYou';
      const more = reason === '' ? [] : [reason];
      return { word, blanks: { act: actName(act), label }, icon: 'shield', href: '/my-account/decisions', more };
    }
    default:
      return null;
  }
}

/** The owner goes to the video, moderators to all that wait. */
function ofVideo({ type, video, videoBlacklist }: Notification): Sentence {
  const blanks = { title: video?.name ?? '' };
  const href = video ? watch(video) : null;
  if (type === KIND.videoWaits) {
    const list = '/admin/moderation/videos?type=2';
    return { word: 'videoBlocks.noticeWaits', blanks, icon: 'clock', href: href ?? list, more: [] };
  }
  if (type === KIND.videoUnblocked) {
    return { word: 'videoBlocks.noticeUnblocked', blanks, icon: 'circleCheck', href, more: [] };
  }
  const more = videoBlacklist?.reason ? [videoBlacklist.reason] : [];
  return { word: 'videoBlocks.noticeBlocked', blanks, icon: 'ban', href, more };
}

/** Moderators go to all reports, others to their own. */
function ofReport({ type, abuse }: Notification): Sentence {
  const title = abuse?.video?.name ?? abuse?.comment?.video?.name ?? '';
  const plain = { blanks: { title }, icon: 'flag', more: [] } as const;
  if (type === KIND.newReport) {
    const word = title === '' ? 'notices.abuseAccount' : 'notices.abuse';
    return { ...plain, word, href: '/admin/moderation/reports' };
  }
  if (type === KIND.reportMessage) {
    return { ...plain, word: 'notices.abuseMessage', href: '/my-account/reports' };
  }
  const word =
    abuse?.state === STATE.accepted
      ? 'notices.abuseAccepted'
      : abuse?.state === STATE.rejected
        ? 'notices.abuseRejected'
        : 'notices.abuseReopened';
  return { ...plain, word, href: '/my-account/reports' };
}

/** Of how many texts it tells: what was decided together is told once. */
const textsOf = ({ details }: Notification) => details?.batch?.texts ?? 1;

function decisionWord(notice: Notification): Word {
  const { type, decision } = notice;
  const shows = decision?.verdict === 'released';
  if (type === KIND.contestAnswered) return shows ? 'notices.contestWon' : 'notices.contestLost';
  const many = textsOf(notice) > 1;
  if (shows) return many ? 'notices.releasedMany' : 'notices.released';
  if (decision?.verdict === 'held') return many ? 'notices.heldMany' : 'notices.held';
  return many ? 'notices.rejectedMany' : 'notices.rejected';
}
