/** Users: administrators find, make, change, block and delete them; moderators block some. */
import { expect, test } from './support/fixtures.ts';
import { FarandoleServer } from './support/server.ts';
import { accessibilityFaults, overhang, signIn } from './support/site.ts';

const PASSWORD = 'a first password';
let server: FarandoleServer;

test.beforeAll(async () => {
  test.setTimeout(120_000);
  server = await FarandoleServer.start();
  for (let i = 1; i <= 26; i++) await server.user(`person${i}`, PASSWORD);
});
test.afterAll(async () => server?.stop());

test('a user is made, changed, blocked, let in again and deleted', async ({ page, allowed }) => {
  allowed.consoleErrors.push(/409.*users/);
  await signIn(page, server);
  await page.goto(`${server.url}/admin/users`);
  await page.getByRole('button', { name: 'New user' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('User name').fill('person1');
  await dialog.getByLabel('Mail address').fill('mia@example.org');
  await dialog.getByLabel('Password').fill(PASSWORD);
  await dialog.getByLabel('Space in gigabytes').fill('2,5');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByRole('alert'), 'the name is taken').toBeVisible();
  await dialog.getByLabel('User name').fill('mia');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toBeHidden();

  const row = page.getByRole('row').filter({ hasText: 'mia@example.org' });
  await expect(row).toContainText('2.5 GB');
  await row.getByRole('button', { name: 'Edit mia' }).click();
  await dialog.getByLabel('Role').selectOption({ label: 'Moderator' });
  await dialog.getByLabel('Space in gigabytes').fill('a lot');
  await expect(dialog.getByText('Write a number of gigabytes')).toBeVisible();
  await dialog.getByLabel('Space in gigabytes').fill('');
  await dialog.getByLabel('Password').fill('set by the administrator');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(row).toContainText('Moderator');
  await expect(row).not.toContainText('2.5 GB');
  await server.tokens('mia', 'set by the administrator');

  await row.getByRole('button', { name: 'Block mia' }).click();
  await dialog.getByRole('button', { name: 'Block' }).click();
  await expect(row).toContainText('Blocked');
  await expect(server.tokens('mia', 'set by the administrator')).rejects.toThrow(/blocked/);
  await row.getByRole('button', { name: 'Unblock mia' }).click();
  await expect(row).not.toContainText('Blocked');
  await server.tokens('mia', 'set by the administrator');

  await row.getByRole('button', { name: 'Delete mia' }).click();
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await expect(row).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Delete root' }), 'the first one stays').toHaveCount(0);
});

test('users are paged and searched, and the search is in the address', async ({ page }) => {
  await signIn(page, server);
  await page.goto(`${server.url}/admin/users`);
  const rows = page.getByRole('row');
  await expect(rows).toHaveCount(26);
  await page.getByRole('link', { name: 'Older' }).click();
  await expect(page.getByRole('row').filter({ hasText: 'root@' })).toBeVisible();
  expect(await page.evaluate(() => scrollY), 'the next page starts at its top').toBe(0);
  const search = page.getByRole('searchbox', { name: 'Search by name or mail' });
  // From the second page: what is found stands on the first.
  await search.fill('person26');
  await expect(rows).toHaveCount(2);
  await expect(search, 'typing is not interrupted').toBeFocused();
  await page.reload();
  await expect(search).toHaveValue('person26');
  await expect(rows).toHaveCount(2);
  await search.fill('nobody at all');
  await expect(page.getByRole('heading', { name: 'Nothing was found' })).toBeVisible();
});

test('a moderator finds users, blocks plain ones, and changes nothing else', async ({ page }) => {
  await server.send('POST', '/users', {
    username: 'mod',
    password: PASSWORD,
    email: 'mod@example.org',
    role: 1,
    videoQuota: -1,
    videoQuotaDaily: -1,
  });
  await signIn(page, server, 'mod', PASSWORD);
  await page.goto(server.url);
  await page.getByRole('button', { name: /^Account menu/ }).click();
  await page.getByRole('link', { name: 'Users' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Users' })).toBeVisible();
  const search = page.getByRole('searchbox', { name: 'Search by name or mail' });
  await search.fill('person3@');
  const row = page.getByRole('row').filter({ hasText: 'person3@example.org' });
  await row.getByRole('button', { name: 'Block person3' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason').fill('Three warnings');
  await dialog.getByRole('button', { name: 'Block' }).click();
  await expect(row).toContainText('Three warnings');
  await expect(server.tokens('person3', PASSWORD)).rejects.toThrow(/blocked/);
  expect(await accessibilityFaults(page)).toEqual([]);
  await row.getByRole('button', { name: 'Unblock person3' }).click();
  await expect(row).not.toContainText('Blocked');
  await server.tokens('person3', PASSWORD);

  await expect(page.getByRole('button', { name: /^(Edit|Delete) / })).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'New user' })).toHaveCount(0);
  for (const name of ['root', 'mod']) {
    await search.fill(`${name}@`);
    const other = page.getByRole('row').filter({ hasText: `${name}@` });
    await expect(other.getByRole('link', { name: `Review the account of ${name}` })).toBeVisible();
    await expect(other.getByRole('button'), 'an administrator’s to decide').toHaveCount(0);
  }
  await page.setViewportSize({ width: 360, height: 740 });
  expect(await overhang(page)).toBeLessThanOrEqual(0);
});

test('nobody else sees the users', async ({ page }) => {
  await signIn(page, server, 'person2', PASSWORD);
  await page.goto(`${server.url}/admin/users`);
  await expect(page.getByRole('heading', { level: 1, name: 'There is nothing here' })).toBeVisible();
  await page.getByRole('button', { name: /^Account menu/ }).click();
  await expect(page.getByRole('link', { name: 'Users' })).toHaveCount(0);
});
