import { describe, expect, it } from 'vitest';
import { authorize, nativePlaylistUrl, withToken } from './access';

const BASE = 'https://here.example/static/streaming-playlists/hls/private/a/master.m3u8';

describe('authorize', () => {
  it('sends headers to the origin of the playlist', () => {
    expect(authorize('v.mp4', BASE, { bearer: 'abc' })).toEqual({
      url: 'https://here.example/static/streaming-playlists/hls/private/a/v.mp4',
      headers: { Authorization: 'Bearer abc' },
    });
    expect(authorize('v.mp4', BASE, { password: 'open' }).headers).toEqual({
      'x-peertube-video-password': 'open',
    });
  });

  it('keeps secrets from every other origin', () => {
    const access = { bearer: 'abc', fileToken: 't' };
    expect(authorize('https://cdn.example/v.mp4', BASE, access)).toEqual({
      url: 'https://cdn.example/v.mp4',
      headers: {},
    });
  });

  it('puts a token into the address when there is nothing else', () => {
    expect(authorize('v.mp4?x=1', BASE, { fileToken: 'a b' }).url).toBe(
      'https://here.example/static/streaming-playlists/hls/private/a/v.mp4?x=1&videoFileToken=a+b',
    );
  });

  it('leaves a public video alone', () => {
    expect(authorize(BASE, BASE, {})).toEqual({ url: BASE, headers: {} });
  });
});

it('puts a token into pictures of the same origin only', () => {
  expect(withToken('/t.jpg', BASE, { fileToken: 't' })).toBe('https://here.example/t.jpg?videoFileToken=t');
  expect(withToken('https://cdn.example/t.jpg', BASE, { fileToken: 't' })).toBe('https://cdn.example/t.jpg');
});

it('asks the server to repeat the token for native players', () => {
  expect(nativePlaylistUrl(BASE, BASE, { fileToken: 't' })).toBe(
    `${BASE}?videoFileToken=t&reinjectVideoFileToken=true`,
  );
  expect(nativePlaylistUrl(BASE, BASE, {})).toBe(BASE);
});
