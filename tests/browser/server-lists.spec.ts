/** Lists of videos, empty and long: home, one's own, a channel's; pages, searches, the way back. */
import { clip } from './support/clips.ts';
import { expect, test } from './support/fixtures.ts';
import { FarandoleServer, type Uploaded } from './support/server.ts';
import { signIn } from './support/site.ts';

const MANY = 26;
let server: FarandoleServer;
let last: Uploaded;

test.beforeAll(async () => {
  test.setTimeout(180_000);
  server = await FarandoleServer.start({ TRANSCODING__PRESET: 'ultrafast', TRANSCODING__RESOLUTIONS: '[240]' });
  await server.user('lea', 'a first password');
  for (let i = 1; i <= MANY; i++) last = await server.upload(clip('tiny.mp4'), { name: `Film number ${i}` });
  await server.published(last.uuid, 170_000);
});
test.afterAll(async () => server?.stop());

test('nothing to show is said, and what to do about it', async ({ page }) => {
  await signIn(page, server, 'lea', 'a first password');
  await page.goto(`${server.url}/my-library/videos`);
  await expect(page.getByRole('heading', { name: 'No videos yet' })).toBeVisible();
  await expect(page.getByRole('searchbox'), 'nothing to search').toHaveCount(0);
  await page.goto(`${server.url}/c/lea_channel`);
  await expect(page.getByText('What is published here will show on this page.')).toBeVisible();
});

test('the newest videos in pages, and back to where one was', async ({ page }) => {
  await page.goto(server.url);
  const films = page.getByRole('main').getByRole('link', { name: /^Film number/ });
  await expect(films).toHaveCount(24);
  await films.last().scrollIntoViewIfNeeded();
  const there = await page.evaluate(() => scrollY);
  expect(there).toBeGreaterThan(200);
  await films.last().click();
  await expect(page.locator('farandole-player')).toBeVisible();
  await page.goBack();
  await expect.poll(() => page.evaluate(() => scrollY), 'where the link was').toBeGreaterThan(there - 50);

  await page.getByRole('link', { name: 'Older' }).click();
  await expect(films).toHaveCount(MANY - 24);
  expect(await page.evaluate(() => scrollY), 'the next page starts at its top').toBe(0);
  await expect(page).toHaveURL(/\?page=2$/);
  await page.getByRole('link', { name: 'Newer' }).click();
  await expect(page).toHaveURL(`${server.url}/`);
  await expect(films).toHaveCount(24);
});

test('one’s own videos are searched, paged and deleted', async ({ page }) => {
  await signIn(page, server);
  await page.goto(`${server.url}/my-library/videos?page=2`);
  const films = page.getByRole('heading', { name: /^Film number/ });
  await expect(films).toHaveCount(MANY - 20);
  const search = page.getByRole('searchbox', { name: 'Search by title' });
  await search.fill('number 25');
  await expect(films).toHaveCount(1);
  await page.getByRole('button', { name: 'Delete Film number 25' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete this video?' });
  await expect(dialog).toContainText('“Film number 25”');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Delete Film number 25' })).toBeFocused();
  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByRole('heading', { name: 'Nothing was found' })).toBeVisible();
  await search.fill('');
  await expect(page.getByText(`${MANY - 1} videos`)).toBeVisible();
});

test('a server that fails says so, and what to do', async ({ page, allowed }) => {
  allowed.consoleErrors.push(/500.*api|ERR_(FAILED|CONNECTION)/);
  let answer: 'trouble' | 'silence' | 'videos' = 'trouble';
  // What only a broken machine does, done in front of a whole one.
  await page.route('**/api/v1/videos?**', async (route) => {
    if (answer === 'trouble') return route.fulfill({ status: 500, json: { status: 500, detail: '' } });
    return answer === 'silence' ? route.abort('failed') : route.continue();
  });
  await page.goto(server.url);
  await expect(page.getByRole('alert')).toContainText('The server is in trouble');
  answer = 'silence';
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('alert')).toContainText('The server did not answer. Nothing was lost');
  answer = 'videos';
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('link', { name: /^Film number/ }).first()).toBeVisible();
});
