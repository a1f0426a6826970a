/** A peer that serves altered segments: nothing of it is played, and it is not met again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { clip } from './support/clips.ts';
import { expect, test } from './support/fixtures.ts';
import { mediaState, playedTo, watchStalls } from './support/player.ts';
import { FarandoleServer, type Uploaded } from './support/server.ts';
import { Viewer } from './support/sharing.ts';

const TARGET = process.env['CARGO_TARGET_DIR'] ?? join(import.meta.dirname, '../../target');
/** `cargo build -p farandole-peer --example poisoner` */
const POISONER = process.env['FARANDOLE_POISONER'] ?? join(TARGET, 'debug/examples/poisoner');

let server: FarandoleServer;
let video: Uploaded;
let poisoner: ChildProcess;

test.beforeAll(async () => {
  test.setTimeout(180_000);
  server = await FarandoleServer.start({ TRANSCODING__PRESET: 'ultrafast', P2P__POLICY: 'on' });
  video = await server.upload(clip('shared.mp4'), { name: 'Poisoned' });
  await server.published(video.uuid);
});
test.beforeEach(async () => {
  poisoner = spawn(POISONER, [server.url, video.uuid], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((ready, failed) => {
    poisoner.once('error', failed);
    poisoner.once('exit', (code) => failed(new Error(`the poisoner ended with ${code}`)));
    poisoner.stdout?.on('data', (text: Buffer) => text.includes('poisoning') && ready());
  });
  poisoner.removeAllListeners('exit');
});
test.afterEach(() => void poisoner?.kill());
test.afterAll(async () => server?.stop());

/** Notes the hash of every segment that hls.js is given to play. */
async function watchPlayed(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const played: Promise<string>[] = [];
    (window as unknown as { __played: Promise<string>[] }).__played = played;
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (this: Worker, message: { cmd?: string; data?: unknown }, ...rest: never[]) {
      if (message.cmd === 'demux' && message.data instanceof ArrayBuffer) {
        played.push(
          crypto.subtle
            .digest('SHA-256', message.data.slice(0))
            .then((hash) => [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('')),
        );
      }
      post.call(this, message, ...rest);
    } as typeof post;
  });
}

async function played(page: Page): Promise<string[]> {
  return await page.evaluate(async () => await Promise.all((window as unknown as { __played: Promise<string>[] }).__played));
}

/** The hashes of all segments, as the server publishes them. */
async function published(): Promise<Set<string>> {
  const { streamingPlaylists } = await server.video(video.uuid);
  const url = streamingPlaylists[0]?.playlistUrl.replace('master.m3u8', 'segments-sha256.json') ?? '';
  const files = (await (await fetch(url)).json()) as Record<string, Record<string, string>>;
  return new Set(Object.values(files).flatMap((file) => Object.values(file)));
}

test('altered segments are never played, and who sent them is not met again', async ({ browser }) => {
  test.setTimeout(120_000);
  const viewers: Viewer[] = [];
  const reports: string[] = [];
  for (let i = 0; i < 2; i += 1) {
    const viewer = await Viewer.open(browser);
    viewers.push(viewer);
    await watchPlayed(viewer.page);
    viewer.page.on('request', (request) => {
      if (new URL(request.url()).pathname.endsWith('/p2p/bad-segments')) reports.push(request.postData() ?? '');
    });
    await viewer.page.goto(`${server.url}/videos/embed/${video.uuid}?autoplay=1&muted=1&start=90`);
    await playedTo(viewer.page, 90.2);
  }
  const stalls = await Promise.all(viewers.map(({ page }) => watchStalls(page)));
  for (const { page } of viewers) {
    await expect.poll(async () => (await mediaState(page)).ended, { timeout: 90_000 }).toBe(true);
  }
  expect((await Promise.all(stalls.map((read) => read()))).flat()).toEqual([]);
  const good = await published();
  for (const viewer of viewers) {
    const hashes = await played(viewer.page);
    expect(hashes.length).toBeGreaterThan(10);
    expect(hashes.filter((hash) => !good.has(hash))).toEqual([]);
    // The other honest viewer, and nobody else.
    expect((await viewer.figures()).peers).toBe(1);
  }
  // One false segment each was enough.
  const told = reports.map((text) => JSON.parse(text) as { peerId: string; badPeerId: string });
  expect(told.length).toBeGreaterThan(0);
  expect(new Set(told.map(({ badPeerId }) => badPeerId)).size).toBe(1);
  expect(new Set(told.map(({ peerId }) => peerId)).size).toBe(told.length);
  for (const viewer of viewers) await viewer.close();
});
