/** Reasons: what a moderator removes or takes down, its author reads why, contests, and all may count. */
import { clip } from './support/clips.ts';
import { type Commented, Person, UNHURRIED } from './support/comments.ts';
import { expect, test } from './support/fixtures.ts';
import { FarandoleServer, type Uploaded } from './support/server.ts';
import { accessibilityFaults, overhang, signIn } from './support/site.ts';

const PASSWORD = 'a first password';
let server: FarandoleServer;
let film: Uploaded;
let rude: Commented;

test.beforeAll(async () => {
  server = await FarandoleServer.start({ TRANSCODING__PRESET: 'ultrafast', TRANSCODING__RESOLUTIONS: '[240]', ...UNHURRIED });
  await server.user('lea', PASSWORD);
  film = await server.upload(clip('tiny.mp4'), { name: 'The town hall' });
  await server.published(film.uuid);
  const lea = await Person.of(server, 'lea', PASSWORD);
  rude = await lea.comment(film, 'The mayor is a fool');
  await lea.comment(film, 'He lives at 4 Mill Lane');
});
test.afterAll(async () => server?.stop());

test('a comment is removed and one taken down; their author learns why and contests', async ({ page, browser }) => {
  await signIn(page, server);
  await page.goto(`${server.url}/w/${film.shortUUID}`);
  const comment = page.locator(`#comment-${rude.id}`);
  await comment.getByRole('button', { name: 'Delete the comment by lea' }).click();
  let dialog = page.getByRole('dialog', { name: 'Remove this comment?' });
  await expect(dialog).toContainText('The mayor is a fool');
  expect(await accessibilityFaults(page, ['region'])).toEqual([]);
  await dialog.getByLabel('Reason').fill('No insults here.');
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await expect(comment).toHaveCount(0);

  await page.getByRole('button', { name: 'Delete the comment by lea' }).click();
  dialog = page.getByRole('dialog', { name: 'Remove this comment?' });
  await dialog.getByLabel(/Take it down/).check();
  const take = dialog.getByRole('button', { name: 'Take it down' });
  await expect(take, 'not without a reason').toBeDisabled();
  await dialog.getByLabel('Ground').selectOption('The law');
  await dialog.getByLabel('Reason').fill('It tells where somebody lives.');
  await dialog.getByLabel('Reference').fill('Letter 12/27');
  await take.click();
  await expect(dialog).toHaveCount(0);

  const theirs = await (await browser.newContext()).newPage();
  await signIn(theirs, server, 'lea', PASSWORD);
  await theirs.goto(`${server.url}/my-account/notifications`);
  await theirs.getByRole('link', { name: /A comment was taken down/ }).click();
  await expect(theirs.getByRole('heading', { name: 'Decisions about me' })).toBeVisible();
  const [taken, removed] = [theirs.getByRole('article').first(), theirs.getByRole('article').last()];
  await expect(removed).toContainText('No insults here.');
  await expect(taken).toContainText('It tells where somebody lives.');
  await expect(taken).toContainText('In force');
  await expect(taken, 'for moderators').not.toContainText('Letter 12/27');
  expect(await accessibilityFaults(theirs)).toEqual([]);
  await theirs.setViewportSize({ width: 360, height: 740 });
  expect(await overhang(theirs)).toBeLessThanOrEqual(0);
  await taken.getByRole('button', { name: 'Contest', exact: true }).click();
  const contest = theirs.getByRole('dialog');
  await contest.getByRole('textbox').fill('It is the town hall’s address.');
  await contest.getByRole('button', { name: 'Send' }).click();
  await expect(taken).toContainText('Nobody has answered yet.');

  await page.goto(`${server.url}/admin/moderation/takedowns`);
  const takedown = page.getByRole('article');
  await expect(takedown).toContainText('Letter 12/27');
  await expect(takedown.getByRole('link', { name: 'Contested' })).toBeVisible();
  await expect(takedown.locator('blockquote'), 'covered until it is opened').toBeHidden();
  await takedown.getByText('Show the text').click();
  await expect(takedown.locator('blockquote')).toContainText('4 Mill Lane');
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.setViewportSize({ width: 360, height: 740 });
  expect(await overhang(page)).toBeLessThanOrEqual(0);
  await takedown.getByRole('button', { name: 'Restore' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click();
  await expect(takedown.locator('.chip', { hasText: 'Restored' })).toBeVisible();

  await theirs.reload();
  await expect(taken).toContainText('Over');
  await theirs.context().close();
});

test('everybody reads what was moderated, in numbers', async ({ page }) => {
  const lea = await Person.of(server, 'lea', PASSWORD);
  const { id } = await lea.comment(film, 'She lives at 6 Mill Lane');
  await server.send('POST', '/moderation/takedowns', { kind: 'comment', id, reason: 'An address.' });
  await page.goto(`${server.url}/about`);
  await page.getByRole('link', { name: 'How this site is moderated' }).click();
  await expect(page.getByRole('heading', { name: /restriction/ })).toBeVisible();
  const row = page.getByRole('row', { name: /A comment was taken down/ });
  await expect(row).toContainText('The law');
  await expect(row).toContainText('A person');
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.setViewportSize({ width: 360, height: 740 });
  expect(await overhang(page)).toBeLessThanOrEqual(0);
  await page.getByLabel('From').fill('2020-01-01');
  await page.getByLabel('To', { exact: true }).fill('2020-12-31');
  await page.getByRole('button', { name: 'Show' }).click();
  await expect(page.getByRole('heading', { name: 'Nothing was restricted' })).toBeVisible();
});
