import { expect, it } from 'vitest';
import { here, reachable } from './addresses';

it('asks for our own files by path and leaves others alone', () => {
  const base = 'https://v.example';
  expect(here('https://v.example/a.jpg?videoFileToken=t', base)).toBe('/a.jpg?videoFileToken=t');
  expect(here('https://v.example.evil/a.jpg', base)).toBe('https://v.example.evil/a.jpg');
  expect(here('/a.jpg', base)).toBe('/a.jpg');
  expect(here('https://v.example/a.jpg', '')).toBe('https://v.example/a.jpg');
});

it('asks for everything a player needs by path', () => {
  const video = {
    id: 'a',
    playlistUrl: 'https://videos.example/static/a.m3u8',
    fileUrl: null,
    title: 'A walk',
    posterUrl: 'https://videos.example/a.jpg',
    durationSeconds: 3,
    aspectRatio: 1,
    growing: false,
    captions: [{ language: 'en', label: 'English', url: 'https://videos.example/en.vtt' }],
    chapters: [],
    storyboard: null,
    access: {},
    sharing: {
      policy: 'on',
      swarmId: 'c0ffee',
      publicKey: 'AAAA',
      trackerUrls: ['wss://videos.example/tracker/socket?shard=0a', 'wss://tracker.example/socket'],
      stunUrls: [],
      minViewers: 1,
      reportUrl: 'https://videos.example/api/v1/videos/a/p2p/bad-segments',
    } as const,
  };
  expect(reachable(video, 'https://videos.example')).toMatchObject({
    playlistUrl: '/static/a.m3u8',
    fileUrl: null,
    posterUrl: '/a.jpg',
    captions: [{ url: '/en.vtt' }],
    sharing: {
      trackerUrls: [
        `${location.origin.replace(/^http/, 'ws')}/tracker/socket?shard=0a`,
        'wss://tracker.example/socket',
      ],
      reportUrl: '/api/v1/videos/a/p2p/bad-segments',
    },
  });
});
