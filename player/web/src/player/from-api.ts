/** Turns the REST API's answers about a video into what the player plays. */
import { withToken } from './access';
import type { Access, Caption, Chapter, PlayerVideo, SharingTerms, Storyboard } from './types';

/** The fields of PeerTube's `VideoDetails` that playback needs. */
export interface ApiVideo {
  readonly uuid: string;
  readonly name: string;
  readonly duration: number;
  readonly aspectRatio?: number | null;
  readonly isLive?: boolean;
  readonly previewPath?: string | null;
  readonly thumbnailPath?: string | null;
  readonly state?: { readonly id: number; readonly label?: string };
  readonly privacy?: { readonly id: number };
  /** Moderation keeps it from the public. */
  readonly blacklisted?: boolean | null;
  readonly streamingPlaylists?: readonly ApiPlaylist[];
  readonly files?: readonly { readonly fileUrl: string }[];
}

export interface ApiPlaylist {
  readonly playlistUrl: string;
  /** Ours, not PeerTube's. */
  readonly p2p?: SharingTerms | null;
}

export interface ApiCaption {
  readonly language: { readonly id: string; readonly label: string };
  readonly fileUrl?: string | null;
  readonly captionPath?: string | null;
}

export interface ApiStoryboard {
  readonly fileUrl?: string | null;
  readonly storyboardPath?: string | null;
  readonly totalWidth: number;
  readonly totalHeight: number;
  readonly spriteWidth: number;
  readonly spriteHeight: number;
  readonly spriteDuration: number;
}

export interface ApiChapter {
  readonly title: string;
  readonly timecode: number;
}

export interface ApiExtras {
  readonly captions: readonly ApiCaption[];
  readonly storyboards: readonly ApiStoryboard[];
  readonly chapters: readonly ApiChapter[];
}

/** PeerTube's `VideoState`. */
export const STATE = { published: 1, toTranscode: 2, transcodingFailed: 7 } as const;
/** PeerTube's `VideoPrivacy`. */
export const PRIVACY = { public: 1, unlisted: 2, private: 3, internal: 4, password: 5 } as const;

/** Whether everyone may fetch the video's files. */
export function isOpen(video: ApiVideo): boolean {
  const privacy = video.privacy?.id ?? PRIVACY.public;
  if (video.blacklisted === true) return false;
  return privacy === PRIVACY.public || privacy === PRIVACY.unlisted;
}

/** Whether there is something to play, if only its beginning. */
export function isPlayable(video: ApiVideo): boolean {
  return (video.streamingPlaylists?.length ?? 0) > 0 || (video.files?.length ?? 0) > 0;
}

export function toPlayerVideo(
  video: ApiVideo,
  { captions, storyboards, chapters }: ApiExtras,
  access: Access,
  base: string = location.href,
): PlayerVideo {
  const own = isOpen(video) ? {} : access;
  const picture = video.previewPath ?? video.thumbnailPath ?? null;
  return {
    id: video.uuid,
    playlistUrl: video.streamingPlaylists?.[0]?.playlistUrl ?? null,
    fileUrl: video.files?.[0]?.fileUrl ?? null,
    title: video.name,
    posterUrl: picture === null ? null : withToken(picture, base, own),
    durationSeconds: video.duration,
    aspectRatio: video.aspectRatio ?? 16 / 9,
    growing: video.state?.id === STATE.toTranscode,
    captions: captions.flatMap((caption) => toCaption(caption, own, base)),
    chapters: toChapters(chapters),
    storyboard: toStoryboard(storyboards[0], own, base),
    access: own,
    sharing: toSharing(video.streamingPlaylists?.[0]?.p2p),
  };
}

/** Without a tracker nobody meets. */
function toSharing(terms: SharingTerms | null | undefined): SharingTerms | null {
  return terms != null && terms.trackerUrls.length > 0 ? terms : null;
}

function toCaption(caption: ApiCaption, access: Access, base: string): Caption[] {
  const url = caption.fileUrl ?? caption.captionPath;
  if (url === null || url === undefined) return [];
  const { id, label } = caption.language;
  return [{ language: id, label, url: withToken(url, base, access) }];
}

function toChapters(chapters: readonly ApiChapter[]): Chapter[] {
  return chapters
    .map(({ title, timecode }) => ({ title, startSeconds: timecode }))
    .sort((a, b) => a.startSeconds - b.startSeconds);
}

function toStoryboard(
  board: ApiStoryboard | undefined,
  access: Access,
  base: string,
): Storyboard | null {
  const url = board?.fileUrl ?? board?.storyboardPath;
  if (board === undefined || url === null || url === undefined) return null;
  return {
    url: withToken(url, base, access),
    totalWidth: board.totalWidth,
    totalHeight: board.totalHeight,
    spriteWidth: board.spriteWidth,
    spriteHeight: board.spriteHeight,
    spriteSeconds: board.spriteDuration,
  };
}
