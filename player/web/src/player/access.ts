/**
 * How a request for a video that is not public shows that it may have it.
 *
 * Headers and tokens go to the origin that serves the playlist and nowhere else.
 */
import type { Access } from './types';

export interface Request {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

const NO_HEADERS: Readonly<Record<string, string>> = {};

/** A request that headers can be set on: hls.js, fetch. */
export function authorize(url: string, base: string, access: Access): Request {
  const target = new URL(url, base);
  if (target.origin !== new URL(base).origin) return { url: target.href, headers: NO_HEADERS };
  const headers = authorizationHeaders(access);
  if (headers !== NO_HEADERS) return { url: target.href, headers };
  return { url: withToken(target.href, base, access), headers: NO_HEADERS };
}

/** The headers of a viewer's right to a video, for API calls too. */
export function authorizationHeaders(access: Access): Readonly<Record<string, string>> {
  if (access.password !== undefined) return { 'x-peertube-video-password': access.password };
  if (access.bearer !== undefined) return { Authorization: `Bearer ${access.bearer}` };
  return NO_HEADERS;
}

/** The address itself carrying the token: images, text tracks, native players. */
export function withToken(url: string, base: string, access: Access): string {
  const target = new URL(url, base);
  if (access.fileToken === undefined || target.origin !== new URL(base).origin) return target.href;
  target.searchParams.set('videoFileToken', access.fileToken);
  return target.href;
}

/** A playlist for a player that fetches the rest itself: the server repeats the token inside. */
export function nativePlaylistUrl(url: string, base: string, access: Access): string {
  const target = new URL(withToken(url, base, access));
  if (target.searchParams.has('videoFileToken')) {
    target.searchParams.set('reinjectVideoFileToken', 'true');
  }
  return target.href;
}
