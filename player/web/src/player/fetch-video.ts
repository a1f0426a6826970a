/** Asks the server for a video and everything the player shows with it. */
import { authorizationHeaders } from './access';
import {
  isOpen,
  isPlayable,
  STATE,
  toPlayerVideo,
  type ApiCaption,
  type ApiChapter,
  type ApiExtras,
  type ApiStoryboard,
  type ApiVideo,
} from './from-api';
import type { Access, PlayerVideo } from './types';

export type VideoAnswer =
  | { readonly kind: 'ready'; readonly video: PlayerVideo; readonly details: ApiVideo }
  /** Known, but nothing of it can be played yet. */
  | { readonly kind: 'waiting' | 'failed' | 'live'; readonly details: ApiVideo }
  | { readonly kind: 'password'; readonly wrong: boolean }
  | { readonly kind: 'private'; readonly blocked: boolean }
  | { readonly kind: 'notFound' | 'unreachable' };

/** `id`: numeric id, UUID or short UUID. */
export async function fetchVideo(id: string, access: Access): Promise<VideoAnswer> {
  const path = `/api/v1/videos/${encodeURIComponent(id)}`;
  const headers = authorizationHeaders(access);
  const response = await fetch(path, { headers }).catch(() => null);
  if (response === null || response.status >= 500) return { kind: 'unreachable' };
  if (!response.ok) return await refusal(response);
  const details = (await response.json()) as ApiVideo;
  if (!isPlayable(details)) return { kind: notYet(details), details };
  const complete = isOpen(details) ? access : await withFileToken(path, access);
  const extras = await fetchExtras(path, headers);
  return { kind: 'ready', video: toPlayerVideo(details, extras, complete), details };
}

function notYet(details: ApiVideo): 'waiting' | 'failed' | 'live' {
  if (details.state?.id === STATE.transcodingFailed) return 'failed';
  return details.isLive === true ? 'live' : 'waiting';
}

async function refusal(response: Response): Promise<VideoAnswer> {
  const problem = (await response.json().catch(() => ({}))) as { code?: string };
  if (problem.code === 'video_requires_password') return { kind: 'password', wrong: false };
  if (problem.code === 'incorrect_video_password') return { kind: 'password', wrong: true };
  if (response.status !== 401 && response.status !== 403) return { kind: 'notFound' };
  return { kind: 'private', blocked: problem.code === 'video_blocked' };
}

/** Pictures, text tracks and native players cannot send headers: they get a token for their URLs. */
async function withFileToken(path: string, access: Access): Promise<Access> {
  const headers = authorizationHeaders(access);
  const response = await fetch(`${path}/token`, { method: 'POST', headers }).catch(() => null);
  if (response?.ok !== true) return access;
  const { files } = (await response.json()) as { files?: { token?: string } };
  return files?.token === undefined ? access : { ...access, fileToken: files.token };
}

async function fetchExtras(
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<ApiExtras> {
  const read = async <T>(name: string): Promise<T | null> => {
    const response = await fetch(`${path}/${name}`, { headers }).catch(() => null);
    return response?.ok === true ? ((await response.json()) as T) : null;
  };
  // A video plays without any of these.
  const [captions, storyboards, chapters] = await Promise.all([
    read<{ data?: ApiCaption[] }>('captions'),
    read<{ storyboards?: ApiStoryboard[] }>('storyboards'),
    read<{ chapters?: ApiChapter[] }>('chapters'),
  ]);
  return {
    captions: captions?.data ?? [],
    storyboards: storyboards?.storyboards ?? [],
    chapters: chapters?.chapters ?? [],
  };
}
