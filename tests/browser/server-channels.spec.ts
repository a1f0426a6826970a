/** Channels: made, changed, looked at, deleted; and where the focus is meanwhile. */
import { clip } from './support/clips.ts';
import { expect, test } from './support/fixtures.ts';
import { FarandoleServer } from './support/server.ts';
import { signIn } from './support/site.ts';

let server: FarandoleServer;

test.beforeAll(async () => {
  server = await FarandoleServer.start();
});
test.afterAll(async () => server?.stop());

test('a channel is made, changed and deleted', async ({ page, allowed }) => {
  allowed.consoleErrors.push(/409.*video-channels/, /404.*\/c\/boats/, /404.*video-channels\/boats/);
  await signIn(page, server);
  await page.goto(`${server.url}/my-library/video-channels`);
  const create = page.getByRole('button', { name: 'New channel' });
  await create.focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'New channel' });
  await expect(dialog.getByLabel('Name', { exact: true })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(create).toBeFocused();

  await create.click();
  await dialog.getByLabel('Name', { exact: true }).fill('Boats');
  await dialog.getByLabel('Short name').fill('root_channel');
  await dialog.getByLabel('Description').fill('Everything that floats.');
  await dialog.getByLabel('Choose a picture').setInputFiles(clip('stage/poster.jpg'));
  await dialog.getByLabel('Choose a banner').setInputFiles(clip('stage/poster.jpg'));
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByRole('alert'), 'the name is taken').toBeVisible();
  await dialog.getByLabel('Short name').fill('boats');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toBeHidden();

  await page.getByRole('link', { name: 'Boats' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Boats' })).toBeVisible();
  await expect(page.getByText('Everything that floats.')).toBeVisible();
  const banner = page.locator('main img.banner');
  await expect.poll(() => banner.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);

  await page.goto(`${server.url}/my-library/video-channels`);
  const row = page.getByRole('listitem').filter({ hasText: '@boats' });
  await row.getByRole('button', { name: 'Edit' }).click();
  const edit = page.getByRole('dialog', { name: 'Edit the channel' });
  await edit.getByLabel('Name', { exact: true }).fill('Ships');
  await edit.getByRole('button', { name: 'Remove' }).last().click();
  await edit.getByRole('button', { name: 'Save' }).click();
  await expect(row.getByRole('heading', { name: 'Ships' })).toBeVisible();
  await expect(row.getByRole('button', { name: 'Edit' }), 'the focus comes back').toBeFocused();
  await page.goto(`${server.url}/c/boats`);
  await expect(page.getByRole('heading', { level: 1, name: 'Ships' })).toBeVisible();
  await expect(banner).toHaveCount(0);

  await page.goto(`${server.url}/my-library/video-channels`);
  await row.getByRole('button', { name: 'Delete the channel Ships' }).click();
  const question = page.getByRole('dialog', { name: 'Delete this channel?' });
  await question.getByRole('button', { name: 'Delete' }).click();
  await expect(row).toHaveCount(0);
  await expect(page.getByRole('button', { name: /^Delete the channel/ }), 'the last one stays').toHaveCount(0);
  await page.goto(`${server.url}/c/boats`);
  await expect(page.getByRole('heading', { level: 1, name: 'There is nothing here' })).toBeVisible();
});
