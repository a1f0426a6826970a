/** What may one do with a comment? What the server says of it, else what follows from who one is. */
import type { Capabilities, VideoComment } from '../api/comments';
import { ROLE, type User, type VideoDetails } from '../api/types';

const NONE: Capabilities = { edit: false, delete: false, pin: false, heart: false, moderate: false };

export function rightsOver(
  comment: VideoComment,
  video: VideoDetails,
  user: User | null,
): Capabilities {
  if (user === null || comment.isDeleted) return NONE;
  if (comment.capabilities) return comment.capabilities;
  const isAuthor = isMe(comment.account, user);
  const isOwner = isMe(video.account, user);
  const isModerator = user.role.id !== ROLE.user;
  return {
    edit: isAuthor,
    delete: isAuthor || isOwner || isModerator,
    pin: isOwner && comment.inReplyToCommentId === null && comment.state === 'shown',
    heart: isOwner && !isAuthor && comment.state === 'shown',
    moderate: isOwner || isModerator,
  };
}

/** The same account of the same host. */
export function isMe(
  account: { readonly name: string; readonly host: string } | null,
  user: User,
): boolean {
  return account !== null && account.name === user.account.name && account.host === user.account.host;
}

/** PeerTube's comment policies. */
export const POLICY = { enabled: 1, disabled: 2, approval: 3 } as const;

/** Characters of a comment at most (Unicode code points), as the server counts them. */
export const MAX_LENGTH = 10_000;
