import { expect, it } from 'vitest';
import { isPlayable, toPlayerVideo, type ApiVideo } from './from-api';

const BASE = 'https://here.example/w/abc';
const details: ApiVideo = {
  uuid: 'u-1',
  name: 'A name',
  duration: 61,
  aspectRatio: 1.7778,
  previewPath: '/lazy-static/previews/u-1.jpg',
  state: { id: 1 },
  privacy: { id: 1 },
  files: [{ fileUrl: 'https://here.example/f.mp4' }],
  streamingPlaylists: [{ playlistUrl: 'https://here.example/static/hls/u-1/master.m3u8' }],
};
const extras = {
  captions: [{ language: { id: 'fr', label: 'Français' }, fileUrl: '/c.vtt' }],
  storyboards: [
    {
      fileUrl: '/s.jpg',
      totalWidth: 1920,
      totalHeight: 1080,
      spriteWidth: 192,
      spriteHeight: 108,
      spriteDuration: 3,
    },
  ],
  chapters: [
    { title: 'Two', timecode: 30 },
    { title: 'One', timecode: 0 },
  ],
};

it('takes over what playback needs', () => {
  expect(toPlayerVideo(details, extras, { bearer: 'x' }, BASE)).toEqual({
    id: 'u-1',
    playlistUrl: 'https://here.example/static/hls/u-1/master.m3u8',
    fileUrl: 'https://here.example/f.mp4',
    title: 'A name',
    posterUrl: 'https://here.example/lazy-static/previews/u-1.jpg',
    durationSeconds: 61,
    aspectRatio: 1.7778,
    growing: false,
    captions: [{ language: 'fr', label: 'Français', url: 'https://here.example/c.vtt' }],
    chapters: [
      { title: 'One', startSeconds: 0 },
      { title: 'Two', startSeconds: 30 },
    ],
    storyboard: {
      url: 'https://here.example/s.jpg',
      totalWidth: 1920,
      totalHeight: 1080,
      spriteWidth: 192,
      spriteHeight: 108,
      spriteSeconds: 3,
    },
    // A public video is fetched without the viewer's token: caches and privacy.
    access: {},
    sharing: null,
  });
});

it('takes over the terms of sharing, unless nobody could meet', () => {
  const terms = {
    policy: 'ask',
    swarmId: 'c0ffee',
    publicKey: 'AAAA',
    trackerUrls: ['wss://here.example/tracker/socket?shard=00'],
    stunUrls: [],
    minViewers: 1,
    reportUrl: 'https://here.example/api/v1/videos/u-1/p2p/bad-segments',
  } as const;
  const none = { captions: [], storyboards: [], chapters: [] };
  const shared = (p2p: typeof terms) =>
    toPlayerVideo({ ...details, streamingPlaylists: [{ playlistUrl: '/m.m3u8', p2p }] }, none, {}, BASE).sharing;
  expect(shared(terms)).toBe(terms);
  expect(shared({ ...terms, trackerUrls: [] as unknown as typeof terms.trackerUrls })).toBeNull();
});

it('carries the right to a private video into every address', () => {
  const access = { bearer: 'x', fileToken: 't' };
  const video = toPlayerVideo({ ...details, privacy: { id: 3 } }, extras, access, BASE);
  expect(video.access).toEqual(access);
  expect(video.posterUrl).toContain('videoFileToken=t');
  expect(video.storyboard?.url).toContain('videoFileToken=t');
  expect(video.captions[0]?.url).toContain('videoFileToken=t');
});

it('knows a video that is still being made', () => {
  const none = { captions: [], storyboards: [], chapters: [] };
  expect(toPlayerVideo({ ...details, state: { id: 2 } }, none, {}, BASE).growing).toBe(true);
  expect(isPlayable({ ...details, streamingPlaylists: [], files: [] })).toBe(false);
});
