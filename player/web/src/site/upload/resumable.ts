/**
 * PeerTube's resumable upload, client side: `POST` opens an upload and names its address, `PUT`
 * sends one range at a time (308 says how far it got), the last `PUT` answers the video.
 *
 * This module sends bytes and tells progress; pausing, remembering and showing are left to
 * `upload.svelte.ts`.
 */
import { networkProblem, Problem, problemFromText, problemOf } from '../api/problem';
import { freshToken } from '../api/tokens';
import type { Uploaded } from '../api/types';

/** One request's worth of bytes: a lost connection costs at most this much. */
const CHUNK_BYTES = 8 * 1024 * 1024;

/** Waits before trying again, then gives up. A good answer starts the count anew. */
const WAITS_MS = [1000, 2000, 4000, 8000, 15_000, 30_000, 30_000, 60_000];

export interface Opening {
  readonly name: string;
  readonly channelId: number;
  readonly privacy: number;
  readonly waitTranscoding: boolean;
}

export interface Watcher {
  readonly signal: AbortSignal;
  /** `sent` bytes of the file have left or arrived. */
  readonly onProgress: (sent: number) => void;
  /** The connection is gone; the next try follows after `waitMs`. `0` says that it is back. */
  readonly onWaiting: (waitMs: number) => void;
}

/** Opens an upload (or finds the same one again) and returns its address: path and query. */
export async function openUpload(
  path: string,
  file: File,
  fields: Opening | Record<string, never>,
): Promise<string> {
  const token = await freshToken();
  const response = await fetch(path, {
    method: 'POST',
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      'content-type': 'application/json',
      'x-upload-content-length': String(file.size),
      'x-upload-content-type': file.type || 'application/octet-stream',
    },
    body: JSON.stringify({ ...fields, filename: file.name }),
  }).catch(() => {
    throw networkProblem();
  });
  if (!response.ok) throw await problemOf(response);
  const location = response.headers.get('location');
  if (location === null) throw new Problem(response.status, 'no_location', '');
  // Only ever to this server, whatever host the answer names.
  const url = new URL(location, window.location.href);
  return url.pathname + url.search;
}

/** Gives an upload up: the server drops what it has. A vanished upload is as good. */
export async function cancelUpload(address: string): Promise<void> {
  const token = await freshToken();
  await fetch(address, {
    method: 'DELETE',
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
  }).catch(() => undefined);
}

/**
 * Sends what the server does not have yet, however often the connection breaks, and returns the
 * last answer (`null` body for replacements). Throws a `Problem` that trying again cannot mend,
 * or an `AbortError` when paused.
 */
export async function sendFile(
  address: string,
  file: File,
  watcher: Watcher,
): Promise<Uploaded | null> {
  let tries = 0;
  let offset: number | null = null;
  for (;;) {
    try {
      const answer: Step =
        offset === null
          ? await put(address, null, `bytes */${file.size}`, watcher.signal, () => undefined)
          : await sendChunk(address, file, offset, watcher);
      if (answer.done) {
        watcher.onProgress(file.size);
        return answer.uploaded;
      }
      if (tries > 0) watcher.onWaiting(0);
      tries = 0;
      offset = answer.received;
      watcher.onProgress(offset);
    } catch (error) {
      const wait = error instanceof Problem && canRetry(error) ? WAITS_MS[tries] : undefined;
      if (wait === undefined) throw error;
      tries += 1;
      watcher.onWaiting(wait);
      await pause(wait, watcher.signal);
      // Never assume how much of a broken request arrived: ask.
      offset = null;
    }
  }
}

type Step =
  | { readonly done: true; readonly uploaded: Uploaded | null }
  | { readonly done: false; readonly received: number };

function sendChunk(address: string, file: File, offset: number, watcher: Watcher): Promise<Step> {
  const end = Math.min(offset + CHUNK_BYTES, file.size);
  const range = `bytes ${offset}-${end - 1}/${file.size}`;
  return put(address, file.slice(offset, end), range, watcher.signal, (loaded) =>
    watcher.onProgress(Math.min(offset + loaded, end)),
  );
}

/** `XMLHttpRequest`, because `fetch` tells no upload progress. */
async function put(
  address: string,
  body: Blob | null,
  range: string,
  signal: AbortSignal,
  onLoaded: (bytes: number) => void,
): Promise<Step> {
  const token = await freshToken();
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    request.open('PUT', address);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.setRequestHeader('content-range', range);
    if (token !== null) request.setRequestHeader('authorization', `Bearer ${token}`);
    request.upload.onprogress = (event) => onLoaded(event.loaded);
    request.onload = () => {
      try {
        resolve(readAnswer(request.status, request.getResponseHeader('range'), request.responseText));
      } catch (problem) {
        reject(problem as Problem);
      }
    };
    request.onerror = () => reject(networkProblem());
    request.onabort = () => reject(new DOMException('Paused', 'AbortError'));
    request.onloadend = () => signal.removeEventListener('abort', abort);
    signal.addEventListener('abort', abort, { once: true });
    request.send(body);
  });
}

/** What the server said to a `PUT`. Throws a `Problem` when it refused. */
export function readAnswer(status: number, range: string | null, body: string): Step {
  if (status === 308) {
    // `bytes=0-262143`; without the header nothing has arrived yet.
    const last = /^bytes=0-(\d+)$/.exec(range ?? '')?.[1];
    return { done: false, received: last === undefined ? 0 : Number(last) + 1 };
  }
  if (status === 200 || status === 201) {
    return { done: true, uploaded: body === '' ? null : (JSON.parse(body) as Uploaded) };
  }
  if (status === 204) return { done: true, uploaded: null };
  throw problemFromText(status, body);
}

/** Whether the same request may succeed later: no answer, too many requests, a server in trouble. */
export function canRetry(problem: Problem): boolean {
  return problem.status === 0 || problem.status === 409 || problem.status === 429 || problem.status >= 500;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener('online', done);
      signal.removeEventListener('abort', stop);
      resolve();
    };
    const stop = () => {
      done();
      reject(new DOMException('Paused', 'AbortError'));
    };
    const timer = setTimeout(done, ms);
    addEventListener('online', done);
    signal.addEventListener('abort', stop, { once: true });
  });
}
