/** The desk: fifty texts by keyboard alone; and an author who is told why, contests, and is released. */
import type { Page } from '@playwright/test';
import { clip } from './support/clips.ts';
import { Person, POLICY, setPolicy, UNHURRIED } from './support/comments.ts';
import { expect, test } from './support/fixtures.ts';
import { FarandoleServer, type Uploaded } from './support/server.ts';
import { signIn } from './support/site.ts';

const PASSWORD = 'a first password';
const HELD = 50;
let server: FarandoleServer;
let ana: Person;
let video: Uploaded;

test.beforeAll(async () => {
  test.setTimeout(180_000);
  server = await FarandoleServer.start({
    ...UNHURRIED,
    TRANSCODING__PRESET: 'ultrafast',
    TRANSCODING__RESOLUTIONS: '[240]',
  });
  for (const name of ['ana', 'bo']) await server.user(name, PASSWORD);
  ana = await Person.of(server, 'ana', PASSWORD);
  video = await server.upload(clip('short.mp4'), { name: 'A walk along the harbour' });
  await server.published(video.uuid);
  await setPolicy(server, video, POLICY.approval);
});
test.afterAll(async () => server?.stop());

/** What waits, one line each. */
const queue = (page: Page) => page.getByRole('listbox', { name: /^Queue/ }).getByRole('option');

/** What a screen reader was told last. */
const said = (page: Page) => page.locator('p[role="status"]').last();

test('a queue of fifty is worked by keyboard alone', async ({ page }) => {
  test.setTimeout(120_000);
  for (let i = 1; i <= HELD; i++) await ana.comment(video, `Held comment ${i}.`);
  await signIn(page, server);
  await page.goto(`${server.url}/admin/moderation`);
  const lines = queue(page);
  await expect(lines).toHaveCount(HELD);
  await expect(page.getByRole('listbox', { name: /^Queue/ })).toBeFocused();
  await expect(page.getByRole('article')).toContainText('Held comment 1.');

  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
  await page.keyboard.press('Escape');

  await page.keyboard.press('j');
  await expect(page.getByRole('article')).toContainText('Held comment 2.');
  await page.keyboard.press('i');
  await expect(page.getByRole('button', { name: 'Give it back' })).toBeVisible();
  await page.keyboard.press('k');
  await page.keyboard.press('a');
  await expect(said(page)).toHaveText('Approved. 49 left.');
  await page.keyboard.press('r');
  await expect(said(page)).toHaveText('Rejected. 48 left.');
  await page.keyboard.press('u');
  await expect(said(page)).toHaveText('Undone: the text waits again.');
  await expect(page.getByRole('article')).toContainText('Held comment 2.');

  // Ten together, and back.
  for (let i = 0; i < 10; i++) {
    await page.keyboard.press('x');
    await page.keyboard.press('j');
  }
  await page.keyboard.press('r');
  await expect(said(page)).toHaveText('10 rejected. 39 left.');
  await page.keyboard.press('u');
  await expect(said(page)).toHaveText('Undone: 10 texts wait again.');
  await expect(lines).toHaveCount(49);

  for (let left = 48; left >= 0; left--) {
    await page.keyboard.press(left % 2 === 0 ? 'a' : 'r');
    if (left > 0) await expect(lines).toHaveCount(left);
  }
  await expect(page.getByRole('heading', { name: 'Nothing waits' })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Nothing waits' })).toBeVisible();
  const threads = await (await server.api(`/videos/${video.uuid}/comment-threads?count=100`)).json();
  const shown = (threads as { data: { state: string }[] }).data.filter(({ state }) => state === 'shown');
  expect(shown).toHaveLength(26);
});

test('an author sees why, contests, and is released', async ({ page }) => {
  test.setTimeout(120_000);
  await signIn(page, server, 'bo', PASSWORD);
  await page.goto(`${server.url}/w/${video.shortUUID}`);
  await page.getByLabel('Write a comment').fill('I only ask.');
  await page.getByRole('button', { name: 'Comment', exact: true }).click();
  const mine = page.getByRole('article', { name: 'Comment by bo' });
  await expect(mine.getByText('it waits for a moderator')).toBeVisible();

  await signIn(page, server);
  await page.goto(`${server.url}/admin/moderation?search=only`);
  await expect(page.getByRole('article')).toContainText('I only ask.');
  await page.getByRole('button', { name: 'Reject with words' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('For the author').fill('This was asked before.');
  await dialog.getByRole('button', { name: 'Reject' }).click();
  await expect(page.getByRole('heading', { name: 'Nothing like that waits' })).toBeVisible();

  await signIn(page, server, 'bo', PASSWORD);
  await page.goto(`${server.url}/my-account/notifications`);
  await expect(page.getByText('This was asked before.')).toBeVisible();
  await page.getByRole('link', { name: 'What you wrote was not published.' }).click();
  await expect(mine.getByText('it was not published')).toBeVisible();
  await mine.getByRole('button', { name: 'Contest' }).click();
  await page.getByLabel('Why should it show?').fill('Nobody answered then.');
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(mine.getByText(/You contested this/)).toBeVisible();
  await expect(mine.getByRole('button', { name: 'Contest' }), 'once').toHaveCount(0);

  await signIn(page, server);
  await page.goto(`${server.url}/admin/moderation?contested=true`);
  const item = page.getByRole('article');
  await expect(item).toContainText('Nobody answered then.');
  await page.getByRole('listbox', { name: /^Queue/ }).focus();
  await page.keyboard.press('o');
  await expect(item).toContainText('I only ask.');
  await page.keyboard.press('a');
  await expect(page.getByRole('heading', { name: 'Nothing like that waits' })).toBeVisible();

  await signIn(page, server, 'ana', PASSWORD);
  await page.goto(`${server.url}/w/${video.shortUUID}`);
  await expect(mine).toContainText('I only ask.');
  await expect(mine.getByText('it was not published')).toHaveCount(0);
});

test('views are kept, and letters can be switched off', async ({ page }) => {
  await ana.comment(video, 'One more that waits.');
  await signIn(page, server);
  await page.goto(`${server.url}/admin/moderation`);
  await page.getByRole('combobox', { name: 'Kind' }).selectOption('comment');
  await page.getByRole('button', { name: 'Keep this view' }).click();
  await page.getByLabel('Name of the view').fill('Only comments');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.goto(`${server.url}/admin/moderation`);
  await page.getByLabel('My views').selectOption({ label: 'Only comments' });
  await expect(page).toHaveURL(/kind=comment/);

  await page.keyboard.press('?');
  await page.getByRole('checkbox', { name: 'Letters act at once' }).uncheck();
  await page.keyboard.press('Escape');
  await page.getByRole('listbox', { name: /^Queue/ }).focus();
  await page.keyboard.press('r');
  await expect(queue(page).first()).toBeVisible();
  await expect(said(page)).not.toHaveText(/Rejected/);
});

test('a channel has its own desk, and strangers none', async ({ page, allowed }) => {
  allowed.consoleErrors.push(/40[34]/);
  await ana.comment(video, 'For the channel to read.');
  await signIn(page, server);
  await page.goto(`${server.url}/my-library/moderation?channel=root_channel`);
  await expect(queue(page).first()).toBeVisible();
  await page.getByRole('link', { name: 'Moderators' }).click();
  await page.getByLabel('User name').fill('bo');
  await page.getByRole('button', { name: 'Add' }).click();
  await expect(page.getByRole('listitem').filter({ hasText: '@bo' })).toBeVisible();

  await signIn(page, server, 'bo', PASSWORD);
  await page.goto(`${server.url}/my-library/moderation?channel=root_channel`);
  await expect(queue(page).first()).toBeVisible();
  await expect(page.getByRole('link', { name: 'Moderators' })).toHaveCount(0);
  await page.goto(`${server.url}/admin/moderation`);
  await expect(page.getByRole('heading', { name: 'There is nothing here' })).toBeVisible();
  await signIn(page, server, 'ana', PASSWORD);
  await page.goto(`${server.url}/my-library/moderation?channel=root_channel`);
  await expect(page.getByRole('heading', { name: 'There is nothing here' })).toBeVisible();
});
