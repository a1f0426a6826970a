/** Videos, as the REST API has them. One function per question or command. */
import { ask, tell } from './http';
import type { Why } from './statements';
import type {
  Caption,
  Chapter,
  Chapters,
  Page,
  Storyboard,
  Traffic,
  Transcoding,
  Video,
  VideoDetails,
  VideoPassword,
  VideoSource,
} from './types';

const at = (id: string | number) => `/videos/${encodeURIComponent(id)}`;

/** The header a password-protected video asks for; nothing without a password. */
export function passwordHeader(password: string | null): Record<string, string> {
  return password === null ? {} : { 'x-peertube-video-password': password };
}

export interface Slice {
  readonly start: number;
  readonly count: number;
  readonly signal?: AbortSignal;
}

export function listVideos({ start, count, signal }: Slice): Promise<Page<Video>> {
  return ask('/videos', { query: { start, count, sort: '-publishedAt' }, signal });
}

export function listChannelVideos(handle: string, slice: Slice): Promise<Page<Video>> {
  const { start, count, signal } = slice;
  return ask(`/video-channels/${encodeURIComponent(handle)}/videos`, {
    query: { start, count, sort: '-publishedAt' },
    signal,
  });
}

export function listAccountVideos(name: string, slice: Slice): Promise<Page<Video>> {
  const { start, count, signal } = slice;
  return ask(`/accounts/${encodeURIComponent(name)}/videos`, {
    query: { start, count, sort: '-publishedAt' },
    signal,
  });
}

export function listMyVideos({ start, count, signal }: Slice, search = ''): Promise<Page<Video>> {
  const wanted = search === '' ? undefined : search;
  return ask('/users/me/videos', {
    query: { start, count, sort: '-createdAt', search: wanted },
    signal,
  });
}

export function getVideo(id: string, password: string | null = null): Promise<VideoDetails> {
  return ask(at(id), { headers: passwordHeader(password) });
}

/** A `videoFileToken`: lets the media of a video that is not public through. */
export async function getFileToken(id: string, password: string | null): Promise<string> {
  const answer = await ask<{ files: { token: string } }>(`${at(id)}/token`, {
    method: 'POST',
    headers: passwordHeader(password),
  });
  return answer.files.token;
}

export async function getCaptions(id: string, password: string | null): Promise<readonly Caption[]> {
  const headers = passwordHeader(password);
  return (await ask<Page<Caption>>(`${at(id)}/captions`, { headers })).data;
}

export function getChapters(id: string, password: string | null): Promise<Chapters> {
  const headers = passwordHeader(password);
  return ask(`${at(id)}/chapters`, { headers });
}

export async function getStoryboard(
  id: string,
  password: string | null = null,
): Promise<Storyboard | null> {
  const headers = passwordHeader(password);
  const answer = await ask<{ storyboards: Storyboard[] }>(`${at(id)}/storyboards`, { headers });
  return answer.storyboards[0] ?? null;
}

export function getTranscoding(id: string): Promise<Transcoding> {
  return ask(`${at(id)}/transcoding`);
}

/** How much of a video the server sent, and viewers each other; for those who manage it. */
export function getVideoTraffic(id: string): Promise<Traffic> {
  return ask(`${at(id)}/stats/traffic`);
}

export function updateVideo(id: string, form: FormData): Promise<void> {
  return tell(at(id), { method: 'PUT', form });
}

/** Who deletes another's video says why. */
export function deleteVideo(id: string, why?: Why): Promise<void> {
  return tell(at(id), { method: 'DELETE', ...(why && { json: why }) });
}

/** The file a video was made from; for those who manage it. */
export function getSource(id: string): Promise<VideoSource> {
  return ask(`${at(id)}/source`);
}

/** Starts the transcoding of a failed video again. */
export function retryTranscoding(id: string): Promise<void> {
  return tell(`${at(id)}/transcoding`, {
    method: 'POST',
    json: { transcodingType: 'hls', forceTranscoding: true },
  });
}

export function putCaption(id: string, language: string, file: File): Promise<void> {
  const form = new FormData();
  form.set('captionfile', file);
  return tell(`${at(id)}/captions/${encodeURIComponent(language)}`, { method: 'PUT', form });
}

export function deleteCaption(id: string, language: string): Promise<void> {
  return tell(`${at(id)}/captions/${encodeURIComponent(language)}`, { method: 'DELETE' });
}

export function putChapters(id: string, chapters: readonly Chapter[]): Promise<void> {
  return tell(`${at(id)}/chapters`, { method: 'PUT', json: { chapters } });
}

export async function getPasswords(id: string): Promise<readonly VideoPassword[]> {
  return (await ask<Page<VideoPassword>>(`${at(id)}/passwords`)).data;
}

/** The words a video can be filed under: id → label, as the server writes them. */
export interface Vocabulary {
  readonly categories: Readonly<Record<string, string>>;
  readonly licences: Readonly<Record<string, string>>;
  readonly languages: Readonly<Record<string, string>>;
}

let vocabulary: Promise<Vocabulary> | null = null;

/** Fetched once: it does not change while a page is open. */
export function getVocabulary(): Promise<Vocabulary> {
  vocabulary ??= Promise.all([
    ask<Record<string, string>>('/videos/categories'),
    ask<Record<string, string>>('/videos/licences'),
    ask<Record<string, string>>('/videos/languages'),
  ])
    .then(([categories, licences, languages]) => ({ categories, licences, languages }))
    .catch((error: unknown) => {
      vocabulary = null;
      throw error;
    });
  return vocabulary;
}
