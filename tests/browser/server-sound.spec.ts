/** What is heard: sound tracks to choose from, and files of sound alone. */
import type { Page } from '@playwright/test';
import { clip } from './support/clips.ts';
import { expect, test } from './support/fixtures.ts';
import { choose, media, mediaState, playedTo, ready, sounds, watchStalls } from './support/player.ts';
import { FarandoleServer } from './support/server.ts';

let server: FarandoleServer;

test.beforeAll(async () => {
  // Slow enough that a minute is not ready at once.
  server = await FarandoleServer.start({ TRANSCODING__PRESET: 'medium' });
});
test.afterAll(async () => server?.stop());

test('switches sound tracks', async ({ page }) => {
  const languages = await server.upload(clip('two-languages.mp4'), { name: 'In two languages' });
  await server.published(languages.uuid);
  await page.goto(`${server.url}/w/${languages.shortUUID}`);
  await ready(page);
  await page.keyboard.press('k');
  await playedTo(page, 0.5);
  await sounds(page, 440);
  await choose(page, 'Sound track', 'French');
  await sounds(page, 880);
  const switched = (await mediaState(page)).currentTime;
  await playedTo(page, switched + 2);
  expect((await mediaState(page)).height).toBeGreaterThan(0);
  await sounds(page, 880);
  // Another rendition has the default sound in it, too.
  await choose(page, 'Quality', '240p');
  await expect.poll(async () => (await mediaState(page)).height).toBe(240);
  await sounds(page, 880);
  await page.keyboard.press('0');
  await sounds(page, 880);
  await choose(page, 'Sound track', 'English');
  await sounds(page, 440);
  expect((await mediaState(page)).height).toBeGreaterThan(0);
});

test('sound without pictures plays under a still one', async ({ page }) => {
  const song = await server.upload(clip('sound.m4a'), { name: 'A tone' });
  await server.published(song.uuid);
  await page.goto(`${server.url}/w/${song.shortUUID}`);
  await ready(page);
  await page.keyboard.press('k');
  await playedTo(page, 0.5);
  await sounds(page, 440);
  expect((await mediaState(page)).duration).toBeCloseTo(12, 0);
  expect((await mediaState(page)).height).toBe(480);
});

test('sound with a cover shows it', async ({ page }) => {
  const song = await server.upload(clip('sound-with-cover.m4a'), { name: 'A tone with a cover' });
  await server.published(song.uuid);
  await page.goto(`${server.url}/w/${song.shortUUID}`);
  await ready(page);
  await page.keyboard.press('k');
  await playedTo(page, 0.5);
  await sounds(page, 440);
  const [red, green, blue] = await middle(page);
  expect(red).toBeGreaterThan(200);
  expect(Math.max(green ?? 255, blue ?? 255)).toBeLessThan(60);
  // Over its end, too: the still picture lasts as long as the sound.
  await page.keyboard.press('9');
  await expect.poll(async () => (await mediaState(page)).ended, { timeout: 30_000 }).toBe(true);
});

// The last one: what it uploads keeps the server busy.
test('switches sound tracks while the video is still being made', async ({ page }) => {
  test.setTimeout(180_000);
  const video = await server.upload(clip('minute-in-two-languages.mp4'), { name: 'A minute in two languages' });
  const asked = `${server.url}/api/v1/videos/${video.uuid}`;
  await expect.poll(async () => (await fetch(asked)).status, { timeout: 90_000 }).toBe(200);
  await page.goto(`${server.url}/w/${video.shortUUID}`);
  await ready(page);
  await page.keyboard.press('k');
  await sounds(page, 440);
  const stalls = await watchStalls(page);
  await choose(page, 'Sound track', 'French');
  await sounds(page, 880);
  expect((await server.video(video.uuid)).state.id, 'still being made').toBe(2);
  const switched = (await mediaState(page)).currentTime;
  await playedTo(page, switched + 4);
  expect((await mediaState(page)).height).toBeGreaterThan(0);
  expect(await stalls()).toEqual([]);
});

/** The colour in the middle of the picture on screen. */
async function middle(page: Page): Promise<readonly number[]> {
  return await media(page).evaluate((video: HTMLVideoElement) => {
    const canvas = new OffscreenCanvas(1, 1).getContext('2d');
    if (canvas === null) throw new Error('no canvas');
    canvas.drawImage(video, video.videoWidth / 2, video.videoHeight / 2, 1, 1, 0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  });
}
