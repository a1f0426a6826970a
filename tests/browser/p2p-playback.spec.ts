/** While segments come from other viewers, everything one does with a player works as without. */
import { clip } from './support/clips.ts';
import { expect, test } from './support/fixtures.ts';
import { choose, media, mediaState, playedTo, sounds } from './support/player.ts';
import { FarandoleServer } from './support/server.ts';
import { Viewer } from './support/sharing.ts';

let server: FarandoleServer;

test.beforeAll(async () => {
  server = await FarandoleServer.start({ TRANSCODING__PRESET: 'ultrafast', P2P__POLICY: 'on' });
});
test.afterAll(async () => server?.stop());

/** Jumps back to the beginning, so that there is always something to play. */
const rewind = (viewer: Viewer) =>
  media(viewer.page).evaluate((video: HTMLVideoElement) => {
    video.currentTime = 0.5;
    return video.play();
  });

/** Seconds from the beginning that are loaded. */
const loadedTo = (viewer: Viewer) =>
  media(viewer.page).evaluate(({ buffered }: HTMLVideoElement) =>
    buffered.length > 0 ? buffered.end(buffered.length - 1) : 0,
  );

test('sound tracks, qualities and seeks, with segments of another viewer', async ({ browser }) => {
  test.setTimeout(180_000);
  const video = await server.upload(clip('two-languages.mp4'), { name: 'In two languages' });
  await server.published(video.uuid);
  const viewers = [await Viewer.open(browser), await Viewer.open(browser)] as const;
  for (const viewer of viewers) {
    await viewer.page.goto(`${server.url}/videos/embed/${video.uuid}?autoplay=1`);
    await playedTo(viewer.page, 1);
    await expect.poll(() => viewer.openSockets).toBe(1);
    // Two who begin within a second have nothing to give each other in a film this short.
    await expect.poll(() => loadedTo(viewer)).toBeGreaterThan(19);
  }
  await expect.poll(async () => (await viewers[1].figures()).peers).toBe(1);
  // The second gets the picture from the first, which has taken nothing out of what it gives.
  for (const viewer of viewers) {
    await choose(viewer.page, 'Sound track', 'French');
    await rewind(viewer);
    await sounds(viewer.page, 880);
    await expect.poll(() => viewer.openSockets).toBe(1);
    expect((await mediaState(viewer.page)).height).toBeGreaterThan(0);
  }
  for (const viewer of viewers) {
    await choose(viewer.page, 'Sound track', 'English');
    await rewind(viewer);
    await sounds(viewer.page, 440);
    await choose(viewer.page, 'Quality', '240p');
    await expect.poll(async () => (await mediaState(viewer.page)).height, { timeout: 30_000 }).toBe(240);
    await viewer.page.keyboard.press('5');
    await playedTo(viewer.page, 11);
    await choose(viewer.page, 'Quality', 'Sound only');
    await rewind(viewer);
    await expect.poll(async () => (await mediaState(viewer.page)).height).toBe(0);
    await playedTo(viewer.page, 2);
  }
  expect((await viewers[1].figures()).fromPeers).toBeGreaterThan(0);
  for (const viewer of viewers) await viewer.close();
});

test('a video that is still being made', async ({ browser }) => {
  test.setTimeout(180_000);
  const video = await server.upload(clip('source.mp4'), { name: 'Growing' });
  const asked = `${server.url}/api/v1/videos/${video.uuid}`;
  await expect.poll(async () => (await fetch(asked)).status, { timeout: 60_000 }).toBe(200);
  const viewers = [await Viewer.open(browser), await Viewer.open(browser)] as const;
  for (const viewer of viewers) {
    await viewer.page.goto(`${server.url}/videos/embed/${video.uuid}?autoplay=1&muted=1`);
    await playedTo(viewer.page, 1);
  }
  for (const viewer of viewers) {
    await expect.poll(async () => (await mediaState(viewer.page)).ended, { timeout: 120_000 }).toBe(true);
    expect((await mediaState(viewer.page)).currentTime).toBeGreaterThan(59);
  }
  expect((await viewers[0].figures()).fromPeers + (await viewers[1].figures()).fromPeers).toBeGreaterThan(0);
  for (const viewer of viewers) await viewer.close();
});
