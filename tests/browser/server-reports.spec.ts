/** Reporting: a viewer tells the moderators, they write, decide, and the viewer learns of it. */
import { clip } from './support/clips.ts';
import { expect, test } from './support/fixtures.ts';
import { FarandoleServer, type Uploaded } from './support/server.ts';
import { accessibilityFaults, overhang, signIn } from './support/site.ts';

let server: FarandoleServer;
let film: Uploaded;

test.beforeAll(async () => {
  server = await FarandoleServer.start({ TRANSCODING__PRESET: 'ultrafast', TRANSCODING__RESOLUTIONS: '[240]' });
  await server.user('lea', 'a first password');
  film = await server.upload(clip('tiny.mp4'), { name: 'Somebody’s film' });
  await server.published(film.uuid);
});
test.afterAll(async () => server?.stop());

test('a video is reported, talked about and decided, and its reporter learns of it', async ({ page, browser }) => {
  await signIn(page, server, 'lea', 'a first password');
  await page.goto(`${server.url}/w/${film.shortUUID}`);
  await page.getByRole('button', { name: 'Report', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Report this video' });
  await expect(dialog).toContainText('Somebody’s film');
  const send = dialog.getByRole('button', { name: 'Send the report' });
  await expect(send, 'not without a word').toBeDisabled();
  expect(await accessibilityFaults(page, ['region'])).toEqual([]);
  await dialog.getByLabel('Breaks somebody’s rights').check();
  await dialog.getByLabel('In your words').fill('It is my film');
  await send.click();
  await dialog.getByRole('link', { name: 'Your reports' }).click();
  await expect(page.getByRole('heading', { name: 'My reports' })).toBeVisible();
  await expect(page.getByRole('article')).toContainText('It is my film');
  await expect(page.getByRole('article')).toContainText('Waiting');

  const desk = await (await browser.newContext()).newPage();
  await signIn(desk, server);
  await desk.goto(`${server.url}/admin/moderation/reports`);
  const report = desk.getByRole('article');
  await expect(report).toContainText('reported by lea');
  await report.getByRole('button', { name: 'Messages (0)' }).click();
  await report.getByLabel('Write a message').fill('Which part of it?');
  await report.getByRole('button', { name: 'Send' }).click();
  await expect(report.getByRole('listitem').filter({ hasText: 'Which part of it?' })).toBeVisible();
  await report.getByRole('button', { name: 'Note', exact: true }).click();
  await report.getByRole('textbox', { name: 'Note' }).fill('Known for it');
  await report.getByRole('button', { name: 'Save' }).click();
  await expect(report).toContainText('Known for it');
  await report.getByRole('button', { name: 'Accept' }).click();
  await expect(report.locator('.chip', { hasText: 'Accepted' })).toBeVisible();
  expect(await accessibilityFaults(desk)).toEqual([]);
  await desk.setViewportSize({ width: 360, height: 740 });
  expect(await overhang(desk)).toBeLessThanOrEqual(0);
  await desk.getByRole('link', { name: 'Waiting' }).click();
  await expect(desk.getByRole('heading', { name: 'No such reports' })).toBeVisible();
  await desk.context().close();

  await page.goto(`${server.url}/my-account/notifications`);
  await expect(page.getByRole('link', { name: 'There is a message about a report' })).toBeVisible();
  await page.getByRole('link', { name: 'Your report was accepted' }).click();
  const mine = page.getByRole('article');
  await expect(mine).toContainText('Accepted');
  await expect(mine, 'what moderators note is theirs').not.toContainText('Known for it');
  await mine.getByRole('button', { name: 'Messages (1)' }).click();
  await expect(mine.getByRole('listitem').filter({ hasText: 'Which part of it?' })).toContainText('Moderator');
});

test('an account is reported from its page, not one’s own', async ({ page }) => {
  await signIn(page, server, 'lea', 'a first password');
  await page.goto(`${server.url}/a/lea`);
  await expect(page.getByRole('heading', { name: 'lea' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Report', exact: true })).toHaveCount(0);
  await page.goto(`${server.url}/a/root`);
  await page.getByRole('button', { name: 'Report', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Report this account' });
  await expect(dialog.getByLabel('Its picture'), 'pictures are a video’s').toHaveCount(0);
  await dialog.getByLabel('In your words').fill('Not who they say');
  await dialog.getByRole('button', { name: 'Send the report' }).click();
  await expect(dialog.getByRole('status')).toContainText('Your report has arrived');
});
