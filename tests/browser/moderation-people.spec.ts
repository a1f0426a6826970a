/** The people of the desk: an overview, reports by keyboard, an account under review, answers. */
import { clip } from './support/clips.ts';
import { Person, UNHURRIED } from './support/comments.ts';
import { expect, test } from './support/fixtures.ts';
import { FarandoleServer, type Uploaded } from './support/server.ts';
import { accessibilityFaults, overhang, signIn } from './support/site.ts';

const PASSWORD = 'a first password';
let server: FarandoleServer;
let film: Uploaded;

test.beforeAll(async () => {
  server = await FarandoleServer.start({
    ...UNHURRIED,
    TRANSCODING__PRESET: 'ultrafast',
    TRANSCODING__RESOLUTIONS: '[240]',
  });
  await server.user('bo', PASSWORD);
  const bo = await Person.of(server, 'bo', PASSWORD);
  film = await server.upload(clip('tiny.mp4'), { name: 'A walk' });
  await server.published(film.uuid);
  for (const n of [1, 2, 3]) {
    const { id } = await bo.comment(film, `Loud words ${n}`);
    if (n < 3) await server.send('POST', '/abuses', { reason: `Report ${n}`, comment: { id } });
  }
});
test.afterAll(async () => server?.stop());

test('reports are taken and decided by keyboard, from the overview on', async ({ page }) => {
  await signIn(page, server);
  await page.goto(`${server.url}/admin/moderation/overview`);
  await expect(page.getByRole('link', { name: /2 reports wait/ })).toBeVisible();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.keyboard.press('n');
  const reports = page.getByRole('article');
  await expect(reports).toHaveCount(2);
  await expect(reports.nth(0)).toBeFocused();
  await page.keyboard.press('i');
  await expect(reports.nth(0).getByRole('button', { name: 'Give it back' })).toBeVisible();
  await page.keyboard.press('o');
  await expect(reports.nth(0).getByText('Loud words 1')).toBeVisible();
  await page.keyboard.press('a');
  await expect(reports).toHaveCount(1);
  await page.keyboard.press('r');
  await expect(page.getByRole('heading', { name: 'No such reports' })).toBeVisible();
  await page.keyboard.press('u');
  await expect(reports).toHaveCount(1);
  await expect(reports).toContainText('Report 2');
});

test('an answer is kept, and everything of an account is rejected with it and put back', async ({ page }) => {
  await signIn(page, server);
  await page.goto(`${server.url}/admin/moderation/answers`);
  await page.getByRole('button', { name: 'New answer' }).click();
  await page.getByLabel('Title').fill('Tone');
  await page.getByLabel('Text').fill('Please write more quietly.');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('heading', { name: 'Tone' })).toBeVisible();

  await page.goto(`${server.url}/a/bo`);
  await page.getByRole('link', { name: 'Review' }).click();
  await expect(page.getByText('3 public')).toBeVisible();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByRole('tab', { name: 'Notes (0)' }).click();
  await page.getByLabel('New note').fill('Writes at night');
  await page.getByRole('button', { name: 'Keep the note' }).click();
  await expect(page.getByRole('tab', { name: 'Notes (1)' })).toBeVisible();

  await page.getByRole('button', { name: 'Reject all comments' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Choose an answer…').selectOption('Tone');
  await expect(dialog.getByLabel('For the author')).toHaveValue('Please write more quietly.');
  await dialog.getByRole('button', { name: 'Reject all comments' }).click();
  await expect(page.getByText('3 comments were rejected.')).toBeVisible();
  await expect(page.getByText('3 rejected')).toBeVisible();
  await page.getByRole('tab', { name: 'Texts' }).click();
  await page.getByRole('searchbox', { name: 'Search in these texts' }).fill('words 2');
  await expect(page.getByText('Loud words 2'), 'rejected: covered until it is asked for').toBeHidden();
  await expect(page.getByText('Loud words 3')).toHaveCount(0);
  await page.getByText('Show the text').click();
  await expect(page.getByText('Loud words 2')).toBeVisible();
  await page.getByRole('button', { name: 'Undo all of it' }).click();
  await expect(page.getByText('3 public')).toBeVisible();

  await page.setViewportSize({ width: 360, height: 740 });
  for (const path of ['accounts/bo', 'overview', 'reports', 'answers']) {
    await page.goto(`${server.url}/admin/moderation/${path}`);
    await expect(page.getByRole('heading').first()).toBeVisible();
    expect(await overhang(page), path).toBeLessThanOrEqual(0);
  }
});
