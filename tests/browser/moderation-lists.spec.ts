/** A word list: pasted, tried on what is stored, corrected, switched on, applied, undone. */
import { clip } from './support/clips.ts';
import { Person, UNHURRIED } from './support/comments.ts';
import { expect, test } from './support/fixtures.ts';
import { FarandoleServer, type Uploaded } from './support/server.ts';
import { signIn } from './support/site.ts';

const PASSWORD = 'a first password';
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
  await server.user('ana', PASSWORD);
  ana = await Person.of(server, 'ana', PASSWORD);
  video = await server.upload(clip('short.mp4'), { name: 'A walk along the harbour' });
  await server.published(video.uuid);
});
test.afterAll(async () => server?.stop());

const shown = async (): Promise<readonly string[]> => {
  const answer = await fetch(`${server.url}/api/v1/videos/${video.uuid}/comment-threads?count=100`);
  return ((await answer.json()) as { data: { text: string }[] }).data.map(({ text }) => text).sort();
};

test('a moderator pastes a list, tries it, marks two exceptions, switches it on, applies and undoes it', async ({
  page,
}) => {
  test.setTimeout(180_000);
  const texts = [
    'The rats of the harbour are fat.',
    'Our Ratskeller is open again.',
    'The pirates sail past.',
    'Nothing to see here.',
    'You rats are all scum.',
  ];
  for (const text of texts) await ana.comment(video, text);

  await signIn(page, server);
  await page.goto(`${server.url}/admin/moderation/lists`);
  await page.getByRole('button', { name: 'New list' }).click();
  await page.getByLabel('Name of the list').fill('Insults');
  await page.getByRole('button', { name: 'Create' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Insults' })).toBeVisible();
  await page.getByLabel('Add words').fill('rat\nscum\n\n# a note\nrat');
  await page.getByLabel('Found as').selectOption({ label: 'inside words too' });
  await page.getByRole('button', { name: 'Add 2' }).click();
  await expect(page.getByText('2 words added.')).toBeVisible();

  // The box says what the list sees, though it is off.
  await page.getByLabel('Write something').fill('Such rats');
  await expect(page.locator('aside mark')).toHaveText('rat');

  await page.getByRole('tab', { name: 'Try it' }).click();
  await page.getByRole('button', { name: 'Start the trial' }).click();
  await expect(page.getByText('4 texts found')).toBeVisible();
  for (const text of ['Ratskeller', 'pirates']) {
    const sample = page.getByRole('tabpanel').getByRole('listitem').filter({ hasText: text });
    await sample.getByRole('button', { name: 'This was fine' }).click();
    await expect(sample.getByText('Fine: it is an exception now')).toBeVisible();
  }
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByText('2 texts found')).toBeVisible();
  expect(await shown(), 'nothing was changed by trying').toEqual([...texts].sort());

  await page.getByRole('button', { name: 'Switch on' }).click();
  await expect(page.getByRole('button', { name: 'Switch off' })).toBeVisible();
  expect((await ana.comment(video, 'More rats.')).state).toBe('held');
  expect((await ana.comment(video, 'The Ratskeller again.')).state).toBe('shown');

  await page.getByRole('tab', { name: 'Apply' }).click();
  await page.getByRole('button', { name: 'Apply the list' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Apply the list' }).click();
  await expect(page.getByText('Done: 2 texts changed.')).toBeVisible({ timeout: 30_000 });
  expect(await shown()).not.toContain('You rats are all scum.');
  await page.getByRole('button', { name: 'Undo all of it' }).click();
  await expect(page.getByText('Undone: everything is as it was before.')).toBeVisible({ timeout: 30_000 });
  expect(await shown()).toContain('You rats are all scum.');

  // All of it is in the log.
  await page.goto(`${server.url}/admin/moderation/audit?search=rats`);
  await expect(page.getByRole('main').getByRole('listitem').first()).toContainText('rats');
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'CSV' }).click();
  expect((await saved).suggestedFilename()).toBe('audit.csv');
});

test('a list is changed word by word, saved as a file, filled from one, and deleted', async ({ page }) => {
  test.setTimeout(120_000);
  await signIn(page, server);
  await page.goto(`${server.url}/admin/moderation/lists`);
  await page.getByRole('button', { name: 'New list' }).click();
  await page.getByLabel('Name of the list').fill('Adverts');
  await page.getByRole('button', { name: 'Create' }).click();
  const many = Array.from({ length: 60 }, (_, index) => `advert${index}x`);
  await page.getByLabel('Add words').fill(many.join('\n'));
  await page.getByRole('button', { name: 'Add 60' }).click();
  await expect(page.getByText('60 words added.')).toBeVisible();
  const rows = page.getByRole('tabpanel').getByRole('listitem');
  await expect(rows).toHaveCount(25);
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(page.getByText('2 of 3')).toBeVisible();
  await page.getByLabel('Search in the words').fill('advert59');
  await expect(rows).toHaveCount(1);
  await page.getByRole('button', { name: 'Edit advert59x' }).click();
  await page.getByLabel('Word, phrase or expression').fill('advert sixty');
  await page.getByRole('dialog').getByLabel('Found as').selectOption({ label: 'a phrase' });
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('dialog')).toBeHidden();
  await page.getByLabel('Search in the words').fill('sixty');
  await expect(rows.first()).toContainText('a phrase');
  await page.getByRole('button', { name: 'Delete advert sixty' }).click();
  await expect(page.getByText('59 words')).toBeVisible();

  await page.getByRole('tab', { name: 'Rules' }).click();
  await page.getByRole('radio', { name: 'Refuse it', exact: true }).check();
  await page.getByRole('checkbox', { name: 'Everywhere' }).uncheck();
  await page.getByRole('checkbox', { name: 'Comment', exact: true }).check();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved.')).toBeVisible();
  await expect(page.getByRole('main')).toContainText('59 words · Refuse it');

  await page.getByRole('tab', { name: 'Files' }).click();
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Plain text' }).click();
  expect((await saved).suggestedFilename()).toBe('Adverts.txt');
  const file = { name: 'more.txt', mimeType: 'text/plain', buffer: Buffer.from('advertA\nadvertB\n') };
  await page.getByLabel('File', { exact: true }).setInputFiles(file);
  await page.getByRole('button', { name: 'Add its words' }).click();
  await expect(page.getByText('61 words')).toBeVisible();

  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Word lists' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Adverts' })).toHaveCount(0);
});
