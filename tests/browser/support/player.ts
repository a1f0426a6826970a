/** What tests do with the player on a page. */
import { expect, type Locator, type Page } from '@playwright/test';

/** The player's `<video>`; Playwright sees through the shadow tree. */
export function media(page: Page): Locator {
  return page.locator('farandole-player video');
}

export function player(page: Page): Locator {
  return page.locator('farandole-player');
}

export interface MediaState {
  readonly currentTime: number;
  readonly duration: number;
  readonly paused: boolean;
  readonly ended: boolean;
  readonly height: number;
  readonly readyState: number;
}

export async function mediaState(page: Page): Promise<MediaState> {
  return await media(page).evaluate((video: HTMLVideoElement) => ({
    currentTime: video.currentTime,
    duration: video.duration,
    paused: video.paused,
    ended: video.ended,
    height: video.videoHeight,
    readyState: video.readyState,
  }));
}

/** Waits until the player stands on the page and can be steered. */
export async function ready(page: Page): Promise<void> {
  await expect.poll(async () => (await media(page).count()) && (await mediaState(page)).readyState).toBeGreaterThan(0);
}

/** Waits until playback has passed `seconds`. */
export async function playedTo(page: Page, seconds: number, timeout = 30_000): Promise<void> {
  await expect
    .poll(async () => (await mediaState(page)).currentTime, { timeout, intervals: [200] })
    .toBeGreaterThan(seconds);
}

/** Chooses an entry of the settings menu by the names people see. */
export async function choose(page: Page, topic: string, choice: string | RegExp): Promise<void> {
  await player(page).hover();
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByRole('menuitem', { name: topic }).click();
  await page.getByRole('menuitemradio', { name: choice }).click();
}

export interface Stall {
  /** Position at which playback stood still. */
  readonly at: number;
  readonly ms: number;
}

/** Watches for stalls from now on: `waiting` events outside of seeks, with how long each took. */
export async function watchStalls(page: Page): Promise<() => Promise<Stall[]>> {
  await media(page).evaluate((video: HTMLVideoElement) => {
    const stalls: { at: number; ms: number }[] = [];
    let since: number | null = null;
    let started = false;
    video.addEventListener('waiting', () => {
      if (started && !video.seeking) since ??= performance.now();
    });
    video.addEventListener('playing', () => {
      started = true;
      if (since !== null) stalls.push({ at: video.currentTime, ms: performance.now() - since });
      since = null;
    });
    (window as unknown as { __stalls: object[] }).__stalls = stalls;
  });
  return async () =>
    await page.evaluate(() => (window as unknown as { __stalls: Stall[] }).__stalls);
}
