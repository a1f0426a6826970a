/** The pages met first, in light and dark, on a phone and on a desk: no fault, and a picture to look at. */
import type { Page } from '@playwright/test';
import { clip } from './support/clips.ts';
import { expect, test } from './support/fixtures.ts';
import { ready } from './support/player.ts';
import { FarandoleServer, type Uploaded } from './support/server.ts';
import { accessibilityFaults, logIn, overhang } from './support/site.ts';

let server: FarandoleServer;
let video: Uploaded;

test.beforeAll(async () => {
  test.setTimeout(180_000);
  server = await FarandoleServer.start({ TRANSCODING__PRESET: 'ultrafast', TRANSCODING__RESOLUTIONS: '[240]' });
  video = await server.upload(clip('short.mp4'), { name: 'A walk along the harbour, and what was seen there' });
  await server.published(video.uuid);
});
test.afterAll(async () => server?.stop());

const OPEN = [
  ['home', '/'],
  ['watch', '/w/VIDEO'],
  ['login', '/login'],
  ['about', '/about'],
  ['embed', '/videos/embed/VIDEO'],
] as const;
const SIGNED_IN = [
  ['upload', '/videos/upload'],
  ['my-videos', '/my-library/videos'],
  ['edit', '/videos/update/VIDEO'],
] as const;

async function look(page: Page, name: string, path: string): Promise<void> {
  await page.goto(server.url + path.replace('VIDEO', video.shortUUID));
  await page.waitForLoadState('networkidle');
  const scheme = (await page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches)) ? 'dark' : 'light';
  const { width } = page.viewportSize() ?? { width: 0 };
  await page.screenshot({ path: test.info().outputPath(`${name}-${width}-${scheme}.png`), fullPage: true });
  expect(await overhang(page), `${name} scrolls sideways at ${width}`).toBeLessThanOrEqual(0);
  // A frame of one player stands inside somebody's page, which has the headings.
  const inFrame = name === 'embed' ? ['landmark-one-main', 'page-has-heading-one'] : [];
  const faults = await accessibilityFaults(page, inFrame);
  expect(faults, `${name} at ${width}, ${scheme}`).toEqual([]);
}

// Each scheme in one width: what is wrong with a colour or a width is wrong in both.
for (const [width, colorScheme] of [[360, 'light'], [1280, 'dark']] as const) {
  test.describe(`${width} px, ${colorScheme}`, () => {
    test.use({ viewport: { width, height: width === 360 ? 740 : 800 }, colorScheme });

    test('pages for everyone', async ({ page }) => {
      for (const [name, path] of OPEN) await look(page, name, path);
    });

    test('pages for people with an account', async ({ page }) => {
      await logIn(page, server);
      for (const [name, path] of SIGNED_IN) await look(page, name, path);
    });
  });
}

test('a page that does not exist says so', async ({ page, allowed }) => {
  allowed.consoleErrors.push(/404/);
  const answer = await page.goto(`${server.url}/no/such/page`);
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole('heading', { name: 'There is nothing here' })).toBeVisible();
});

test('speaks French to those who ask for it', async ({ browser }) => {
  const page = await browser.newPage({ locale: 'fr-FR' });
  await page.goto(`${server.url}/login`);
  await expect(page.locator('html')).toHaveAttribute('lang', 'fr');
  await expect(page.getByRole('heading', { name: 'Connexion' })).toBeVisible();
  await page.close();
});

test('pages and embeds opened under another name ask only that one', async ({ page }) => {
  const other = new URL(server.url);
  other.hostname = other.hostname === 'localhost' ? '127.0.0.1' : 'localhost';
  const strangers: string[] = [];
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith('http') && origin !== other.origin) strangers.push(request.url());
  });
  for (const path of ['/', `/w/${video.shortUUID}`, `/videos/embed/${video.uuid}`]) {
    await page.goto(other.origin + path);
    await page.waitForLoadState('networkidle');
  }
  await ready(page);
  expect(strangers).toEqual([]);
});
