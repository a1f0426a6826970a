/** A volunteer's machine carries a video: a page gets its segments from there. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clip } from './support/clips.ts';
import { expect, test } from './support/fixtures.ts';
import { playedTo, watchStalls } from './support/player.ts';
import { FarandoleServer, type Uploaded } from './support/server.ts';
import { Viewer } from './support/sharing.ts';

const TARGET = process.env['CARGO_TARGET_DIR'] ?? join(import.meta.dirname, '../../target');
const BINARY = process.env['FARANDOLE_BIN'] ?? join(TARGET, 'debug/farandole');

let server: FarandoleServer;
let video: Uploaded;
let folder: string;
let seeder: ChildProcess | undefined;

test.beforeAll(async () => {
  test.setTimeout(180_000);
  folder = await mkdtemp(join(tmpdir(), 'farandole-seed-'));
  server = await FarandoleServer.start({ TRANSCODING__PRESET: 'ultrafast', P2P__POLICY: 'on' });
  video = await server.upload(clip('shared.mp4'), { name: 'Carried by a volunteer' });
  await server.published(video.uuid);
});
test.afterAll(async () => {
  seeder?.kill('SIGKILL');
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Starts `farandole seed` and waits until it has all. */
async function seed(): Promise<ChildProcess> {
  const child = spawn(BINARY, ['seed', `${server.url}/w/${video.shortUUID}`, '--dir', folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((ready, failed) => {
    child.once('error', failed);
    child.once('exit', (code) => failed(new Error(`the seeder ended with ${code}`)));
    child.stdout.on('data', (text: Buffer) => text.includes('Seeding') && ready());
  });
  child.removeAllListeners('exit');
  return child;
}

test('a page gets most of a video from a seeder, and goes on when it leaves', async ({ browser }) => {
  seeder = await seed();
  const viewer = await Viewer.open(browser);
  await viewer.page.goto(`${server.url}/videos/embed/${video.uuid}?autoplay=1&muted=1`);
  await playedTo(viewer.page, 0.2);
  const stalls = await watchStalls(viewer.page);
  await expect.poll(async () => (await viewer.figures()).fromPeers, { timeout: 30_000 }).toBeGreaterThan(0);
  await playedTo(viewer.page, 12);
  const { fromPeers, fromServer, peers } = await viewer.figures();
  expect(peers).toBe(1);
  expect(fromPeers).toBeGreaterThan(fromServer);

  const left = new Promise((done) => seeder?.once('exit', done));
  seeder.kill('SIGTERM');
  expect(await left, 'it says goodbye').toBe(0);
  await playedTo(viewer.page, 16);
  expect(await stalls()).toEqual([]);
  await viewer.close();
});
