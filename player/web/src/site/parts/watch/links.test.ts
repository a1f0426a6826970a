import { expect, it } from 'vitest';
import type { VideoDetails, VideoFile } from '../../api/types';
import { downloads, downloadUrl, embedCode, watchUrl } from './links';

const video = {
  shortUUID: 'abc',
  embedPath: '/videos/embed/1-2',
  name: '"><script>alert(1)</script>',
  aspectRatio: 9 / 16,
};

it('shares the short address, from a moment when asked', () => {
  expect(watchUrl(video, 0, 'https://v.example')).toBe('https://v.example/w/abc');
  expect(watchUrl(video, 75, 'https://v.example')).toBe('https://v.example/w/abc?start=75s');
});

it('embeds a hostile title as text, in the shape of the video', () => {
  const code = embedCode(video, 0, 'https://v.example');
  expect(code).not.toContain('<script>');
  expect(code).toContain('width="315" height="560"');
  expect(code).toContain('src="https://v.example/videos/embed/1-2"');
});

const file = (id: number, url: string | null) =>
  ({ id, resolution: { id, label: `${id}p` }, size: 1, fps: 25, fileDownloadUrl: url }) as VideoFile;

it('lists each resolution once, largest first, without what cannot be downloaded', () => {
  const found = downloads({
    files: [file(480, '/d/480')],
    streamingPlaylists: [
      { id: 1, playlistUrl: '', files: [file(720, '/d/720'), file(480, '/d/b'), file(0, null)] },
    ],
  } as unknown as VideoDetails);
  expect(found.map((one) => one.fileDownloadUrl)).toEqual(['/d/720', '/d/480']);
});

it('gives the token to this server only', () => {
  const base = 'https://v.example/w/abc';
  expect(downloadUrl(file(1, '/d/1'), 't', base)).toBe('https://v.example/d/1?videoFileToken=t');
  expect(downloadUrl(file(1, 'https://s3.example/1'), 't', base)).toBe('https://s3.example/1');
});
