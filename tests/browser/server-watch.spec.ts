/** Watching what the real server made: pages, embeds, captions, previews, privacy. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { clip } from './support/clips.ts';
import { expect, test } from './support/fixtures.ts';
import { media, mediaState, playedTo, ready } from './support/player.ts';
import { FarandoleServer, type Uploaded } from './support/server.ts';
import { logIn } from './support/site.ts';

let server: FarandoleServer;
let video: Uploaded;
let secret: Uploaded;
let locked: Uploaded;

test.beforeAll(async () => {
  test.setTimeout(180_000);
  server = await FarandoleServer.start({ TRANSCODING__PRESET: 'ultrafast' });
  video = await server.upload(clip('short.mp4'), { name: 'Everyone may see this' });
  secret = await server.upload(clip('short.mp4'), { name: 'For me alone', privacy: 3 });
  locked = await server.upload(clip('short.mp4'), {
    name: 'With a password',
    privacy: 5,
    passwords: ['open sesame'],
  });
  for (const made of [video, secret, locked]) await server.published(made.uuid);
  await server.caption(video, 'en', clip('en.vtt'));
  await server.caption(video, 'fr', clip('fr.vtt'));
  await server.caption(locked, 'en', clip('en.vtt'));
});
test.afterAll(async () => server?.stop());

test('seek, captions, previews and keys on the page of a video', async ({ page }) => {
  await page.goto(`${server.url}/w/${video.shortUUID}`);
  await ready(page);
  await page.keyboard.press('k');
  await playedTo(page, 0.5);
  await page.keyboard.press('5');
  await expect.poll(async () => (await mediaState(page)).currentTime).toBeGreaterThan(9.5);
  await page.keyboard.press('c');
  await expect
    .poll(async () =>
      media(page).evaluate((element: HTMLVideoElement) =>
        [...element.textTracks]
          .filter((track) => track.mode === 'showing')
          .map((track) => (track.activeCues?.[0] as VTTCue | undefined)?.text)
          .join(),
      ),
    )
    .toContain('Hello from the captions');
  const bar = page.locator('media-time-range');
  const box = await bar.boundingBox();
  if (box === null) throw new Error('the bar has no place');
  await page.mouse.move(box.x + box.width * 0.5, box.y + box.height / 2);
  await expect(page.locator('media-preview-thumbnail')).toHaveAttribute('mediapreviewcoords', /^\d+ \d+ \d+ \d+$/);
  await page.keyboard.press('t');
  await expect(page.locator('farandole-player')).toHaveAttribute('theatre', '');
  await page.keyboard.press('t');
  await expect(page.locator('farandole-player')).not.toHaveAttribute('theatre', '');
});

test('the embed plays, by UUID and by short UUID', async ({ page }) => {
  for (const id of [video.uuid, video.shortUUID]) {
    await page.goto(`${server.url}/videos/embed/${id}?autoplay=1&muted=1&start=5&subtitle=fr`);
    await playedTo(page, 5.2);
    await expect(page.getByRole('button', { name: 'Hide captions' })).toHaveAttribute('aria-pressed', 'true');
  }
  await expect(page.getByText('Everyone may see this')).toBeHidden();
});

test('an embed stands in a page of another origin', async ({ page }) => {
  // 127.0.0.1 and localhost are two origins. A real server: Chromium keeps made-up pages from
  // framing what is on this machine.
  const embed = `${server.url}/videos/embed/${video.uuid}?muted=1`;
  const host = createServer((_, answer) => {
    answer.setHeader('content-type', 'text/html');
    answer.end(`<title>Host</title><iframe src="${embed}" width="560" height="315" allow="autoplay; fullscreen"></iframe>`);
  });
  await new Promise<void>((listening) => host.listen(0, '127.0.0.1', listening));
  await page.goto(`http://127.0.0.1:${(host.address() as AddressInfo).port}/`);
  const frame = page.frameLocator('iframe');
  await frame.locator('#big-play').click();
  await expect
    .poll(() => frame.locator('video').evaluate((element: HTMLVideoElement) => element.currentTime))
    .toBeGreaterThan(0.5);
  host.close();
});

test('a private video plays for its owner and for nobody else', async ({ page, browser, allowed }) => {
  allowed.consoleErrors.push(/40[13]/);
  await page.goto(`${server.url}/w/${secret.shortUUID}`);
  await expect(page.getByRole('heading', { name: /private/i })).toBeVisible();
  await page.goto(`${server.url}/videos/embed/${secret.uuid}`);
  await expect(page.getByText('This video is private')).toBeVisible();
  await logIn(page, server);
  await page.goto(`${server.url}/w/${secret.shortUUID}`);
  await ready(page);
  await page.keyboard.press('k');
  await playedTo(page, 1);
  // The playlist's address alone opens nothing.
  const { streamingPlaylists } = await server.video(secret.uuid);
  const stranger = await browser.newContext();
  const answer = await stranger.request.get(streamingPlaylists[0]?.playlistUrl ?? '');
  expect([401, 403, 404]).toContain(answer.status());
  await stranger.close();
});

test('a password opens a protected video, pictures and captions too', async ({ page, allowed }) => {
  allowed.consoleErrors.push(/40[13]/);
  await page.goto(`${server.url}/videos/embed/${locked.uuid}?muted=1`);
  await page.getByLabel('Password').fill('wrong password');
  await page.getByRole('button', { name: 'Watch' }).click();
  await expect(page.getByRole('alert')).toContainText('not the password');
  await page.getByLabel('Password').fill('open sesame');
  await page.getByRole('button', { name: 'Watch' }).click();
  await page.locator('#big-play').click();
  await playedTo(page, 0.5);
  await page.keyboard.press('c');
  await expect(page.getByRole('button', { name: 'Hide captions' })).toBeVisible();
  await page.goto(`${server.url}/w/${locked.shortUUID}`);
  await page.getByLabel('Password of the video').fill('open sesame');
  await page.getByRole('button', { name: 'Watch' }).click();
  await ready(page);
  await page.locator('#big-play').click();
  await playedTo(page, 0.5);
});
