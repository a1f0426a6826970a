/** The whole story: a person uploads a video and watches it while it is being made. */
import { clip } from './support/clips.ts';
import { expect, test } from './support/fixtures.ts';
import { choose, mediaState, playedTo, ready, watchStalls } from './support/player.ts';
import { FarandoleServer } from './support/server.ts';
import { dropFile, logIn } from './support/site.ts';

let server: FarandoleServer;

test.beforeAll(async () => {
  // Slower than the default: what is watched while it grows must not be ready at once.
  server = await FarandoleServer.start({ TRANSCODING__PRESET: 'medium' });
});
test.afterAll(async () => server?.stop());

test('log in, drop a file, watch the progress, play', async ({ page }) => {
  await logIn(page, server);
  await page.getByRole('link', { name: 'Upload' }).first().click();
  await dropFile(page, clip('short.mp4'));
  await expect(page.getByRole('heading', { name: 'The file has arrived' })).toBeVisible();
  const arrived = Date.now();
  await page.getByRole('link', { name: 'Watch now' }).click();
  await ready(page);
  await page.locator('#big-play').click();
  await playedTo(page, 0.5);
  test.info().annotations.push({
    type: 'seconds from the last byte to the first picture',
    description: ((Date.now() - arrived) / 1000).toFixed(1),
  });
  await expect(page.getByRole('heading', { name: 'short' })).toBeVisible();
});

test('playback starts before the ladder is complete and ends after it, without a stall', async ({ page }) => {
  test.setTimeout(180_000);
  await logIn(page, server);
  const video = await server.upload(clip('source.mp4'), { name: 'A minute' });
  const moments: Record<string, number> = {};
  const begun = Date.now();
  const note = (moment: string): void => {
    moments[moment] = Math.round((Date.now() - begun) / 100) / 10;
    console.log(`${moments[moment]} s after the upload: ${moment}`);
  };
  // By everyone, not only by its owner.
  const asked = `${server.url}/api/v1/videos/${video.shortUUID}`;
  await expect.poll(async () => (await fetch(asked)).status, { timeout: 60_000 }).toBe(200);
  note('can be watched');
  await page.goto(`${server.url}/w/${video.shortUUID}`);
  await ready(page);
  const stalls = await watchStalls(page);
  await page.keyboard.press('m');
  await page.locator('#big-play').click();
  await playedTo(page, 0.1);
  note('playback starts');
  expect((await mediaState(page)).currentTime).toBeLessThan(5);
  expect((await server.video(video.uuid)).state.id, 'still being made when playback starts').toBe(2);
  await expect(page.locator('media-time-display')).toContainText('1:00');

  // On a busy machine encoding is hardly faster than playback: wait for it before switching.
  await page.keyboard.press('k');
  await choose(page, 'Quality', '360p');
  await page.keyboard.press('k');
  await expect.poll(async () => (await mediaState(page)).height, { timeout: 60_000 }).toBe(360);
  note('quality switched');
  await server.published(video.uuid);
  note('ladder complete');
  const atCompletion = (await mediaState(page)).currentTime;
  expect(atCompletion).toBeLessThan(59);
  await choose(page, 'Speed', '2×');
  await expect.poll(async () => (await mediaState(page)).ended, { timeout: 90_000 }).toBe(true);
  note('playback ends');
  expect(await stalls()).toEqual([]);
  expect((await mediaState(page)).currentTime).toBeGreaterThan(59);
  expect(moments['playback starts']).toBeLessThan(moments['ladder complete'] ?? 0);
});
