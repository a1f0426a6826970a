/** A video that is watched while it is still being made. */
import { STAGE_SECONDS } from './support/clips.ts';
import { expect, test } from './support/fixtures.ts';
import { choose, media, mediaState, playedTo, player, watchStalls } from './support/player.ts';
import { Stage } from './support/stage.ts';

let stage: Stage;

test.beforeEach(async () => {
  stage = await Stage.open();
});
test.afterEach(async () => stage.close());

/** Every rendition grows at the same pace. */
function sideBySide(headStart: number, speed: number): void {
  const growth = { headStart, speed };
  stage.grow({ v720: growth, v480: growth, v240: growth, audio: growth });
}

test('starts at the beginning, shows the whole length, and is no live stream', async ({ page }) => {
  sideBySide(20, 0);
  await page.goto(stage.embedUrl('?autoplay=1&muted=1'));
  await playedTo(page, 0.2);
  const { currentTime } = await mediaState(page);
  expect(currentTime).toBeLessThan(6);
  await expect(page.locator('media-time-display')).toContainText('1:00');
  await expect(page.getByText('up to 0:20 can be watched')).toBeVisible();
  await expect(page.getByText(/^live$/i)).toHaveCount(0);
});

test('plays on into what was not made when it started, switches, and passes the end of the making', async ({ page }) => {
  // 8 s at first, the rest made faster than it is played.
  sideBySide(8, 3.5);
  await page.goto(stage.embedUrl('?autoplay=1&muted=1'));
  const stalls = await watchStalls(page);
  await playedTo(page, 1);
  await choose(page, 'Speed', '2×');
  await choose(page, 'Quality', '480p');
  await expect.poll(async () => (await mediaState(page)).height).toBe(480);
  expect(stage.complete).toBe(false);
  await expect.poll(() => stage.complete, { timeout: 40_000 }).toBe(true);
  const atCompletion = (await mediaState(page)).currentTime;
  await expect.poll(async () => (await mediaState(page)).ended, { timeout: 60_000 }).toBe(true);
  expect(atCompletion).toBeLessThan(STAGE_SECONDS - 1);
  expect((await mediaState(page)).currentTime).toBeGreaterThan(STAGE_SECONDS - 0.5);
  expect(await stalls()).toEqual([]);
  await expect(page.getByText('can be watched')).toBeHidden();
});

test('never chooses a rendition that is behind by itself', async ({ page }) => {
  // The top rendition is a copy and complete; the encoded ones have hardly begun.
  const slow = { headStart: 2, speed: 0.05 };
  stage.grow({ v480: slow, v240: slow, audio: slow });
  await page.setViewportSize({ width: 426, height: 240 });
  await page.goto(stage.embedUrl('?autoplay=1&muted=1'));
  const stalls = await watchStalls(page);
  await playedTo(page, 12);
  expect((await mediaState(page)).height).toBe(720);
  expect(await stalls()).toEqual([]);
  const fragments = stage.requests.filter((path) => /v(240|480)\.mp4/.test(path));
  expect(fragments).toEqual([]);
});

test('starts on the quick low rendition when nothing else is made', async ({ page }) => {
  const none = { headStart: 0, speed: 0 };
  stage.grow({ v720: none, v480: none, audio: none });
  await page.goto(stage.embedUrl('?autoplay=1&muted=1'));
  await playedTo(page, 2);
  expect((await mediaState(page)).height).toBe(240);
  expect(stage.requests.filter((path) => /v(480|720)\.mp4/.test(path))).toEqual([]);
});

test('goes over to a rendition that fits better once it has overtaken the viewer', async ({ page }) => {
  const behind = { headStart: 2, speed: 0 };
  stage.grow({ v480: behind, v240: behind, audio: behind });
  await page.setViewportSize({ width: 426, height: 240 });
  // Before the first play only some seconds are loaded; playing, the whole clip would be at once,
  // and nothing would be left to load of a rendition that comes later.
  await page.goto(stage.embedUrl('?muted=1'));
  const stalls = await watchStalls(page);
  await expect.poll(async () => (await mediaState(page)).height).toBe(720);
  expect(stage.requests.filter((path) => /v(240|480)\.mp4/.test(path))).toEqual([]);
  const ahead = { headStart: 58, speed: 0 };
  stage.grow({ v480: ahead, v240: ahead, audio: ahead });
  const told = await page.waitForResponse(/growth\.json$/);
  await told.finished();
  await page.keyboard.press('k');
  await playedTo(page, 1);
  expect((await mediaState(page)).height).toBe(720);
  await expect.poll(async () => (await mediaState(page)).height, { timeout: 60_000 }).toBe(240);
  expect(await stalls()).toEqual([]);
});

test('offers only renditions that are far enough, and switches among them', async ({ page }) => {
  const done = { headStart: 30, speed: 0 };
  stage.grow({ v480: done, v240: { headStart: 2, speed: 0 }, audio: done });
  await page.goto(stage.embedUrl('?autoplay=1&muted=1'));
  await playedTo(page, 3);
  await player(page).hover();
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByRole('menuitem', { name: 'Quality' }).click();
  const behind = page.getByRole('menuitemradio', { name: '240p' });
  await expect(behind).toHaveAttribute('aria-disabled', 'true');
  await expect(behind).toContainText('still being made');
  await page.getByRole('menuitemradio', { name: '480p' }).click();
  await expect.poll(async () => (await mediaState(page)).height).toBe(480);
});

test('leaves a chosen rendition before its edge instead of stalling there', async ({ page }) => {
  const half = { headStart: 20, speed: 0 };
  stage.grow({ v480: half, v240: half, audio: half });
  await page.goto(stage.embedUrl('?autoplay=1&muted=1&start=8'));
  const stalls = await watchStalls(page);
  await playedTo(page, 8.2);
  await choose(page, 'Quality', '480p');
  await expect.poll(async () => (await mediaState(page)).height).toBe(480);
  await playedTo(page, 23);
  expect((await mediaState(page)).height).toBe(720);
  expect(await stalls()).toEqual([]);
});

test('seeks as far as the video is made and no further', async ({ page }) => {
  sideBySide(30, 0);
  await page.goto(stage.embedUrl('?autoplay=1&muted=1'));
  await playedTo(page, 1);
  await player(page).focus().catch(() => undefined);
  await page.keyboard.press('8');
  await expect.poll(async () => (await mediaState(page)).currentTime).toBeGreaterThan(29);
  expect((await mediaState(page)).currentTime).toBeLessThan(30.5);
  await page.keyboard.press('2');
  await playedTo(page, 12.3);
  expect((await mediaState(page)).currentTime).toBeLessThan(20);
});

test('jumps beyond what the rendition on screen has, when another has it', async ({ page }) => {
  const third = { headStart: 20, speed: 0 };
  stage.grow({ v480: third, v240: third, audio: third });
  await page.setViewportSize({ width: 426, height: 240 });
  await page.goto(stage.embedUrl('?autoplay=1&muted=1'));
  await playedTo(page, 1);
  await expect.poll(async () => (await mediaState(page)).height).toBe(240);
  await page.keyboard.press('7');
  await playedTo(page, 43);
  expect((await mediaState(page)).height).toBe(720);
});

test('waits at the edge when it has overtaken the making, and goes on by itself', async ({ page }) => {
  sideBySide(6, 0.4);
  await page.goto(stage.embedUrl('?autoplay=1&muted=1'));
  await playedTo(page, 9, 60_000);
  const before = (await mediaState(page)).currentTime;
  sideBySide(30, 4);
  await playedTo(page, before + 6);
  expect((await mediaState(page)).currentTime).toBeLessThan(30);
  await expect(page.locator('#problem')).toBeHidden();
});

test('keeps the position when the video is replaced meanwhile', async ({ page, allowed }) => {
  allowed.consoleErrors.push(/404/);
  sideBySide(20, 0);
  await page.goto(stage.embedUrl('?autoplay=1&muted=1&start=14'));
  await playedTo(page, 14.5);
  stage.generation = 'g2';
  stage.grow({});
  await playedTo(page, 21, 40_000);
  expect(stage.requests.some((path) => path.includes('/g2/'))).toBe(true);
  expect(await media(page).evaluate((video: HTMLVideoElement) => video.error)).toBeNull();
});
