/** What an owner changes about a video: words, who may watch, captions, chapters, the file. */
import type { Page } from '@playwright/test';
import { clip } from './support/clips.ts';
import { expect, test } from './support/fixtures.ts';
import { FarandoleServer, type Uploaded } from './support/server.ts';
import { accessibilityFaults, signIn } from './support/site.ts';

const PASSWORD = 'a first password';
let server: FarandoleServer;
let video: Uploaded;

test.beforeAll(async () => {
  test.setTimeout(180_000);
  server = await FarandoleServer.start({ TRANSCODING__PRESET: 'ultrafast', TRANSCODING__RESOLUTIONS: '[240]' });
  await server.user('lea', PASSWORD);
  video = await server.upload(clip('short.mp4'), { name: 'First name' });
  await server.published(video.uuid);
});
test.afterAll(async () => server?.stop());

async function edit(page: Page, part?: 'Captions' | 'Chapters' | 'File', of = video): Promise<void> {
  await page.goto(`${server.url}/videos/update/${of.shortUUID}`);
  if (part !== undefined) await page.getByRole('tab', { name: part }).click();
}

async function save(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Saved.')).toBeVisible();
}

test('words, tags and picture', async ({ page }) => {
  await signIn(page, server);
  await edit(page);
  await page.getByLabel('Title').fill('ab');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('A title has 3 to 120 characters.')).toBeVisible();
  await page.getByLabel('Title').fill('جولة في الميناء القديم');
  await page.getByLabel('Description').fill('Seen at 0:05.\n\nhttps://example.org/harbour');
  await page.getByLabel('Tags').fill('harbour');
  await page.getByLabel('Tags').press('Enter');
  await page.getByLabel('Choose a picture').setInputFiles(clip('stage/poster.jpg'));
  await save(page);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('جولة في الميناء القديم');
  await page.getByRole('link', { name: 'Watch' }).click();
  const title = page.getByRole('heading', { level: 1 });
  await expect(title).toHaveText('جولة في الميناء القديم');
  // The heading of the page before has the same words, and may be gone the next moment.
  await expect(title).toHaveCSS('direction', 'rtl');
  await expect(page.getByText('harbour', { exact: true })).toBeVisible();
});

test('a password, a schedule, and nobody at all', async ({ page, browser }) => {
  await signIn(page, server);
  await edit(page);
  const privacy = page.getByLabel('Who can watch');
  await privacy.selectOption({ label: 'With a password' });
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Write at least one password')).toBeVisible();
  await page.getByLabel('Passwords').fill('sesame');
  await page.getByLabel('Becomes public at').fill('2020-01-01T10:00');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Choose a moment that is still to come.')).toBeVisible();
  await page.getByLabel('Becomes public at').fill('2090-02-03T10:20');
  await save(page);
  await page.reload();
  await expect(page.getByLabel('Passwords')).toHaveValue('sesame');
  await expect(page.getByLabel('Becomes public at')).toHaveValue('2090-02-03T10:20');

  const guest = await browser.newPage();
  await guest.goto(`${server.url}/w/${video.shortUUID}`);
  const prompt = guest.getByLabel('Password of the video');
  await prompt.fill('wrong');
  await prompt.press('Enter');
  await expect(guest.getByText('This is not the password of this video.')).toBeVisible();
  await prompt.fill('sesame');
  await prompt.press('Enter');
  await expect(guest.locator('farandole-player')).toBeVisible();

  await page.getByLabel('Becomes public at').fill('');
  await privacy.selectOption({ label: 'Private' });
  await save(page);
  await page.reload();
  await expect(page.getByLabel('Becomes public at')).toHaveValue('');
  await guest.reload();
  await expect(guest.getByRole('heading', { level: 1, name: 'This video is private' })).toBeVisible();
  await guest.close();
  await privacy.selectOption({ label: 'Public' });
  await save(page);
});

test('captions and chapters', async ({ page, allowed }) => {
  allowed.consoleErrors.push(/4\d\d.*captions/);
  await signIn(page, server);
  await edit(page, 'Captions');
  const add = async (language: string, file: string) => {
    await page.getByRole('combobox', { name: 'Language' }).selectOption({ label: language });
    await page.getByLabel('Caption file').setInputFiles(file);
    await page.getByRole('button', { name: 'Add' }).click();
  };
  await add('English', clip('en.vtt'));
  await expect(page.getByRole('button', { name: 'Delete the captions in English' })).toBeVisible();
  await add('French', clip('words.srt'));
  await expect(page.getByRole('button', { name: 'Delete the captions in French' })).toBeVisible();
  await add('German', clip('stage/poster.jpg'));
  await expect(page.getByRole('alert')).toBeVisible();
  await page.getByRole('button', { name: 'Delete the captions in English' }).click();
  await expect(page.getByRole('button', { name: 'Delete the captions in English' })).toHaveCount(0);

  await page.getByRole('tab', { name: 'Chapters' }).click();
  for (const [at, time, title] of [[0, '0:10', 'Home'], [1, '0:00', 'Out']] as const) {
    await page.getByRole('button', { name: 'Add a chapter' }).click();
    await page.getByLabel('Start').nth(at).fill(time);
    await page.getByLabel('Title of the chapter').nth(at).fill(title);
  }
  await page.getByLabel('Start').first().fill('9:59');
  await expect(page.getByText('within the video')).toBeVisible();
  await page.getByLabel('Start').first().fill('0:10');
  await page.getByRole('button', { name: 'Save chapters' }).click();
  await expect(page.getByText('Saved.')).toBeVisible();
  await page.goto(`${server.url}/w/${video.shortUUID}`);
  await expect(page.getByRole('tabpanel')).toContainText(/Out.*Home/s);
  await page.getByRole('tab', { name: 'Transcript' }).click();
  await expect(page.getByRole('tabpanel')).toContainText('Bonjour');
});

test('another file takes the place of the old one', async ({ page, allowed }) => {
  allowed.consoleErrors.push(/4\d\d.*replace-resumable/);
  await signIn(page, server);
  await edit(page, 'File');
  await expect(page.getByText('short.mp4')).toBeVisible();
  const choose = page.locator('input[type="file"]');
  await choose.setInputFiles({ name: 'letter.txt', mimeType: 'text/plain', buffer: Buffer.from('no video') });
  await expect(page.getByRole('alert')).toContainText('Only video and sound files are taken');
  await page.getByRole('button', { name: 'Choose another file' }).click();
  await expect(page.getByText('short.mp4'), 'the old file is still there').toBeVisible();
  await choose.setInputFiles(clip('two-languages.mp4'));
  await expect(page.getByText(/^The new file has arrived/)).toBeVisible();
  await expect(page.locator('dl').getByText('two-languages.mp4')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'The video is ready' })).toBeVisible({ timeout: 60_000 });
});

test('a video that could not be made can be tried again', async ({ page }) => {
  const broken = await server.upload(clip('broken.mp4'), { name: 'Broken' });
  await signIn(page, server);
  await page.goto(`${server.url}/my-library/videos`);
  await expect(page.getByText('Could not be made')).toBeVisible({ timeout: 30_000 });
  const row = page.getByRole('listitem').filter({ hasText: 'Could not be made' });
  await row.getByRole('link', { name: 'Edit' }).click();
  await expect(page, 'the part one has come for is open').toHaveURL(new RegExp(broken.shortUUID));
  await expect(page.getByRole('heading', { name: 'The video could not be made' })).toBeVisible();
  await expect(page.getByRole('alert')).toContainText('could be decoded');
  const again = page.waitForResponse((answer) => answer.request().method() === 'POST' && /transcoding$/.test(answer.url()));
  await page.getByRole('button', { name: 'Try again' }).click();
  expect((await again).status()).toBe(204);
  await expect(page.getByRole('heading', { name: 'The video could not be made' })).toBeVisible({ timeout: 30_000 });
});

test('what belongs to somebody else cannot be changed', async ({ page }) => {
  await signIn(page, server, 'lea', PASSWORD);
  await edit(page);
  await expect(page.getByRole('heading', { level: 1, name: 'This video is not yours to change' })).toBeVisible();
});

test('captions and chapters that wait for a moderator leave those before, and say so', async ({ page }) => {
  const { access_token: by } = await server.tokens('lea', PASSWORD);
  const own = await server.upload(clip('tiny.mp4'), { name: 'A field', by });
  await server.published(own.uuid);
  const list = await server.api('/moderation/lists', {
    method: 'POST',
    body: JSON.stringify({ name: 'Roots', action: 'hold' }),
    headers: { 'Content-Type': 'application/json' },
  });
  const { id } = (await list.json()) as { id: number };
  await server.send('POST', `/moderation/lists/${id}/entries`, { text: 'turnip' });
  await signIn(page, server, 'lea', PASSWORD);
  await edit(page, 'Captions', own);
  const add = async (language: string, words: string) => {
    const buffer = Buffer.from(`WEBVTT\n\n00:00.000 --> 00:01.000\n${words}\n`);
    await page.getByRole('combobox', { name: 'Language' }).selectOption({ label: language });
    await page.getByLabel('Caption file').setInputFiles({ name: 'words.vtt', mimeType: 'text/vtt', buffer });
    await page.getByRole('button', { name: 'Add' }).click();
  };
  const before = page.getByRole('listitem').filter({ hasText: 'English' });
  await add('English', 'A field');
  await expect(before).toBeVisible();
  await add('English', 'A turnip');
  await expect(before).toContainText('The file you sent last waits for a moderator.');
  await add('German', 'A turnip');
  await expect(page.getByText('Nobody sees these captions yet')).toBeVisible();
  expect(await accessibilityFaults(page)).toEqual([]);

  await page.getByRole('tab', { name: 'Chapters' }).click();
  await page.getByRole('button', { name: 'Add a chapter' }).click();
  await page.getByLabel('Start').fill('0:00');
  const title = page.getByLabel('Title of the chapter');
  for (const [words, told] of [['The field', 'Saved.'], ['The turnip', 'The chapters you sent last wait']] as const) {
    await title.fill(words);
    await page.getByRole('button', { name: 'Save chapters' }).click();
    await expect(page.getByText(told)).toBeVisible();
  }
  await edit(page, 'Chapters', own);
  await expect(title, 'what everybody sees').toHaveValue('The field');
  await expect(page.getByText('The chapters you sent last wait')).toBeVisible();
});
