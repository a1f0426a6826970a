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
  /** Position at which playback ran out of media. */
  readonly at: number;
}

/**
 * Watches from now on for playback that runs out of media: a `waiting` event outside of seeks
 * with nothing buffered ahead. A decoder that is slow on a busy machine waits too, but has media.
 */
export async function watchStalls(page: Page): Promise<() => Promise<Stall[]>> {
  await media(page).evaluate((video: HTMLVideoElement) => {
    const stalls: { at: number }[] = [];
    let started = false;
    video.addEventListener('playing', () => (started = true));
    video.addEventListener('waiting', () => {
      const { buffered, currentTime } = video;
      const ahead = [...Array(buffered.length).keys()]
        .filter((i) => buffered.start(i) <= currentTime + 0.1)
        .map((i) => buffered.end(i) - currentTime);
      if (started && !video.seeking && Math.max(0, ...ahead) < 0.5) stalls.push({ at: currentTime });
    });
    (window as unknown as { __stalls: object[] }).__stalls = stalls;
  });
  return async () =>
    await page.evaluate(() => (window as unknown as { __stalls: Stall[] }).__stalls);
}

/** Waits until the player gives out a tone of this frequency. */
export async function sounds(page: Page, hertz: number): Promise<void> {
  await expect
    .poll(async () => Math.abs((await tone(page)) - hertz), { intervals: [200], timeout: 30_000 })
    .toBeLessThan(20);
}

/** The loudest frequency the player gives out just now, in hertz; 0 in silence. */
async function tone(page: Page): Promise<number> {
  return await media(page).evaluate(async (video: HTMLVideoElement) => {
    const store = window as unknown as { __listener?: AnalyserNode };
    if (store.__listener === undefined) {
      const context = new AudioContext();
      await context.resume();
      const listener = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 });
      context.createMediaElementSource(video).connect(listener).connect(context.destination);
      store.__listener = listener;
    }
    const listener = store.__listener;
    const levels = new Float32Array(listener.frequencyBinCount);
    listener.getFloatFrequencyData(levels);
    const loudest = levels.indexOf(Math.max(...levels));
    const silent = (levels[loudest] ?? -Infinity) < -80;
    return silent ? 0 : (loudest * listener.context.sampleRate) / listener.fftSize;
  });
}
