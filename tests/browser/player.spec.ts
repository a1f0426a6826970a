/** The player by itself: menus, keys, captions, previews, memory. */
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from './support/fixtures.ts';
import { choose, media, mediaState, playedTo, player, ready, watchStalls } from './support/player.ts';
import { Stage } from './support/stage.ts';

let stage: Stage;

test.beforeEach(async () => {
  stage = await Stage.open();
});
test.afterEach(async () => stage.close());

test('plays, is steered by the keyboard, and says what it does', async ({ page }) => {
  await page.goto(stage.embedUrl());
  await expect(page.getByText('A video on the stage')).toBeVisible();
  await page.keyboard.press('k');
  await playedTo(page, 0.5);
  await expect(page.getByText('A video on the stage')).toBeHidden();
  const status = page.locator('#announcer');
  await page.keyboard.press('k');
  await expect(status).toHaveText('Paused');
  expect((await mediaState(page)).paused).toBe(true);
  const before = (await mediaState(page)).currentTime;
  await page.keyboard.press('l');
  await expect.poll(async () => (await mediaState(page)).currentTime).toBeCloseTo(before + 10, 1);
  await page.keyboard.press('j');
  await expect.poll(async () => (await mediaState(page)).currentTime).toBeCloseTo(before, 1);
  await page.keyboard.press('5');
  await expect.poll(async () => (await mediaState(page)).currentTime).toBeCloseTo(30, 0);
  await expect(status).toHaveText('0:30');
  await page.keyboard.press('m');
  await expect(status).toHaveText('Sound off');
  await page.keyboard.press('>');
  await expect(status).toHaveText('Speed 1.25×');
  expect(await media(page).evaluate((video: HTMLVideoElement) => [video.muted, video.playbackRate])).toEqual([true, 1.25]);
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('moves its sliders in steps people can use', async ({ page }) => {
  await page.goto(stage.embedUrl('?muted=1'));
  await ready(page);
  await page.keyboard.press('k');
  await playedTo(page, 0.2);
  await page.keyboard.press('k');
  const at = (await mediaState(page)).currentTime;
  const bar = page.getByRole('slider', { name: 'Position' });
  await bar.focus();
  await page.keyboard.press('ArrowRight');
  await expect.poll(async () => (await mediaState(page)).currentTime).toBeCloseTo(at + 5, 1);
  await expect(bar).toHaveAttribute('aria-valuetext', /of 1 minute/);
  await page.getByRole('slider', { name: 'Volume' }).focus();
  await page.keyboard.press('ArrowLeft');
  await expect(page.locator('#announcer')).toHaveText('Volume 95 %');
});

test('switches quality without a stall, and to sound alone and back', async ({ page }) => {
  await page.goto(stage.embedUrl('?autoplay=1&muted=1'));
  await playedTo(page, 1);
  const stalls = await watchStalls(page);
  await choose(page, 'Quality', '240p');
  await expect.poll(async () => (await mediaState(page)).height).toBe(240);
  expect(await stalls()).toEqual([]);
  await choose(page, 'Quality', 'Sound only');
  const from = (await mediaState(page)).currentTime;
  await expect.poll(() => stage.requests.some((path) => path.endsWith('/audio.mp4'))).toBe(true);
  await expect.poll(async () => (await mediaState(page)).height).toBe(0);
  await playedTo(page, from + 1);
  await expect(page.locator('#poster')).toBeVisible();
  await choose(page, 'Quality', /^Auto/);
  await expect.poll(async () => (await mediaState(page)).height).toBeGreaterThan(0);
  await playedTo(page, from + 2);
});

test('shows captions, and remembers their language', async ({ page }) => {
  await page.goto(stage.embedUrl('?autoplay=1&muted=1'));
  await playedTo(page, 0.5);
  const shown = async (): Promise<string> =>
    await media(page).evaluate((video: HTMLVideoElement) =>
      [...video.textTracks]
        .filter((track) => track.mode === 'showing')
        .map((track) => (track.activeCues?.[0] as VTTCue | undefined)?.text ?? '')
        .join('|'),
    );
  await page.keyboard.press('c');
  await expect.poll(shown).toContain('Hello from the captions');
  await choose(page, 'Captions', 'Français');
  await expect.poll(shown).toContain('Bonjour des sous-titres');
  await expect(page.getByRole('button', { name: 'Hide captions' })).toHaveAttribute('aria-pressed', 'true');
  await page.reload();
  await playedTo(page, 0.5);
  await expect.poll(shown).toContain('Bonjour des sous-titres');
});

test('shows where one would land on the bar', async ({ page }) => {
  await page.goto(stage.embedUrl('?autoplay=1&muted=1'));
  await playedTo(page, 0.5);
  const bar = page.locator('media-time-range');
  const box = await bar.boundingBox();
  if (box === null) throw new Error('the bar has no place');
  await page.mouse.move(box.x + box.width * 0.7, box.y + box.height / 2);
  await expect(bar).toHaveAttribute('mediapreviewtime', /^4[12]/);
  await expect(bar).toHaveAttribute('mediapreviewchapter', 'The rest');
  await expect(bar).toHaveAttribute('mediapreviewimage', /storyboard\.jpg/);
  // 42 s: picture 21 of a sheet 6 wide.
  const picture = page.locator('media-preview-thumbnail');
  await expect(picture).toHaveAttribute('mediapreviewcoords', /^(384|576) 324 192 108$/);
  await expect(picture).toBeVisible();
});

test('switches between sound tracks', async ({ page }) => {
  stage.twoSoundTracks = true;
  stage.renditions = ['v480', 'v240'];
  await page.goto(stage.embedUrl('?autoplay=1'));
  await playedTo(page, 1);
  await choose(page, 'Sound track', 'Français');
  const from = (await mediaState(page)).currentTime;
  await expect.poll(() => stage.requests.some((path) => path.endsWith('/french.mp4'))).toBe(true);
  await playedTo(page, from + 5);
  await choose(page, 'Sound track', 'English');
  await playedTo(page, from + 8);
});

test('goes on where it was left, and begins again when it was seen', async ({ page }) => {
  await page.goto(stage.embedUrl('?autoplay=1&muted=1&start=20'));
  await playedTo(page, 21);
  await page.keyboard.press('k');
  await page.goto(stage.embedUrl('?autoplay=1&muted=1'));
  await playedTo(page, 20.5);
  await page.keyboard.press('k');
  await page.keyboard.press('9');
  await expect.poll(async () => (await mediaState(page)).currentTime).toBeCloseTo(54, 0);
  await page.keyboard.press('k');
  await playedTo(page, 54.2);
  await page.keyboard.press('l');
  await expect.poll(async () => (await mediaState(page)).ended).toBe(true);
  await page.goto(stage.embedUrl('?autoplay=1&muted=1'));
  await playedTo(page, 0.2);
  expect((await mediaState(page)).currentTime).toBeLessThan(8);
});

test('tells the server what was watched', async ({ page }) => {
  await page.goto(stage.embedUrl('?autoplay=1&muted=1'));
  await playedTo(page, 4);
  await expect.poll(() => stage.views.length).toBeGreaterThan(0);
  expect(stage.views[0]).toEqual({ currentTime: 3 });
  await page.keyboard.press('5');
  await expect.poll(() => stage.views.at(-1)).toEqual({ currentTime: 30, viewEvent: 'seek' });
});

test('opens its menu by keyboard and gives the focus back', async ({ page }) => {
  await page.goto(stage.embedUrl('?autoplay=1&muted=1'));
  await playedTo(page, 0.5);
  const button = page.getByRole('button', { name: 'Settings' });
  await button.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menu', { name: 'Settings' })).toBeVisible();
  await expect(page.getByRole('menuitem', { name: 'Quality' })).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menuitemradio', { name: 'Normal' })).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menu')).toHaveCount(0);
  await expect(button).toBeFocused();
  expect(await media(page).evaluate((video: HTMLVideoElement) => video.playbackRate)).toBe(1.25);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await expect(button).toBeFocused();
});

test('has no accessibility fault, playing, paused and with its menu open', async ({ page }) => {
  const check = async (): Promise<void> => {
    const found = await new AxeBuilder({ page })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
      .analyze();
    expect(found.violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  };
  await page.goto(stage.embedUrl());
  await expect(page.getByText('A video on the stage')).toBeVisible();
  await check();
  await page.keyboard.press('k');
  await playedTo(page, 0.5);
  await player(page).hover();
  await page.getByRole('button', { name: 'Settings' }).click();
  await check();
  await page.getByRole('menuitem', { name: 'Quality' }).click();
  await check();
});

test('keeps its bar from left to right on a page that is read from right to left', async ({ page }) => {
  stage.direction = 'rtl';
  await page.goto(stage.embedUrl('?muted=1'));
  await ready(page);
  await page.keyboard.press('5');
  const bar = await page.locator('media-time-range').boundingBox();
  const play = await page.locator('#controls media-play-button').boundingBox();
  const full = await page.locator('media-fullscreen-button').boundingBox();
  expect(play?.x).toBeLessThan((bar?.width ?? 0) / 2);
  expect(full?.x).toBeGreaterThan((bar?.width ?? 0) / 2);
  await player(page).hover();
  await page.getByRole('button', { name: 'Settings' }).click();
  const panel = await page.getByRole('menu').boundingBox();
  const gear = await page.getByRole('button', { name: 'Settings' }).boundingBox();
  expect((panel?.x ?? 0) + (panel?.width ?? 0)).toBeGreaterThan(gear?.x ?? 0);
});

test('plays without MediaSource, through what the browser brings', async ({ page }) => {
  await page.addInitScript(() => {
    for (const name of ['MediaSource', 'ManagedMediaSource', 'WebKitMediaSource']) {
      Object.defineProperty(window, name, { value: undefined, configurable: true });
    }
  });
  await page.goto(stage.embedUrl('?muted=1&start=20'));
  const native = await page.evaluate(() => document.createElement('video').canPlayType('application/vnd.apple.mpegurl'));
  expect(native, 'Chromium plays HLS by itself').not.toBe('');
  await ready(page);
  await page.keyboard.press('k');
  await playedTo(page, 21);
  expect(stage.requests.some((path) => path.includes('hls.worker'))).toBe(false);
});
