/** Every page in light and dark, on a phone and on a desk: no accessibility fault, and a picture to look at. */
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { clip } from './support/clips.ts';
import { expect, test } from './support/fixtures.ts';
import { FarandoleServer, type Uploaded } from './support/server.ts';
import { logIn } from './support/site.ts';

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
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wide, `${name} scrolls sideways at ${width}`).toBeLessThanOrEqual(0);
  const found = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze();
  const faults = found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join('; ')}`);
  expect(faults, `${name} at ${width}, ${scheme}`).toEqual([]);
}

for (const width of [360, 1280]) {
  for (const colorScheme of ['light', 'dark'] as const) {
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
