/** What people do with their own account: profile, password, a session that ends, leaving. */
import { clip } from './support/clips.ts';
import { expect, test } from './support/fixtures.ts';
import { FarandoleServer } from './support/server.ts';
import { signIn } from './support/site.ts';

const PASSWORD = 'a first password';
let server: FarandoleServer;

test.beforeAll(async () => {
  server = await FarandoleServer.start({ TRANSCODING__RESOLUTIONS: '[240]', TRANSCODING__PRESET: 'ultrafast' });
  for (const name of ['lea', 'noor', 'tom']) await server.user(name, PASSWORD);
});
test.afterAll(async () => server?.stop());

test('name, words and picture of a profile', async ({ page, allowed }) => {
  allowed.consoleErrors.push(/400.*avatar/);
  await signIn(page, server, 'lea', PASSWORD);
  await page.goto(`${server.url}/my-account`);
  await page.getByLabel('Name', { exact: true }).fill('ليا من الميناء');
  await page.getByLabel('About you').fill('Films boats.\nhttps://example.org');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved.')).toBeVisible();
  await expect(page.getByLabel('About you'), 'saving keeps the page').toHaveValue(/Films boats/);

  const picture = page.getByLabel('Choose a picture');
  const shown = page.locator('.frame img');
  await picture.setInputFiles({ name: 'not.png', mimeType: 'image/png', buffer: Buffer.from('no picture') });
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(shown, 'a refused picture is not shown as if it were kept').toHaveCount(0);
  await picture.setInputFiles(clip('stage/poster.jpg'));
  await expect(page.getByText('Saved.')).toBeVisible();
  await page.reload();
  await expect(shown).toHaveAttribute('src', /^\//);

  await page.goto(`${server.url}/a/lea`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('ليا من الميناء');
  await expect(page.getByText('Films boats.')).toBeVisible();
  await page.goto(`${server.url}/my-account`);
  await page.getByRole('button', { name: 'Remove' }).click();
  await expect(shown).toHaveCount(0);
});

test('a password is changed and the old one opens nothing', async ({ page, allowed }) => {
  allowed.consoleErrors.push(/401.*users\/me/, /400.*users\/token/);
  await signIn(page, server, 'noor', PASSWORD);
  await page.goto(`${server.url}/my-account`);
  const change = async (current: string, next: string) => {
    await page.getByLabel('Current password').fill(current);
    await page.getByLabel('New password').fill(next);
    await page.getByRole('button', { name: 'Change password' }).click();
  };
  await change('a wrong password', 'a second password');
  await expect(page.getByRole('alert')).toContainText('The current password is wrong');
  await expect(page.getByRole('alert').getByRole('button'), 'no log-in is offered').toHaveCount(0);
  await change(PASSWORD, 'a second password');
  await expect(page.getByText('The password is changed.')).toBeVisible();

  await page.getByRole('button', { name: /^Account menu/ }).click();
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByRole('link', { name: 'Log in' }).click();
  await page.getByLabel('User name').fill('noor');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page.getByRole('alert')).toContainText('User name or password is wrong');
  await page.getByLabel('Password').fill('a second password');
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page).toHaveURL(`${server.url}/`);
});

test('a session that ends under a form takes none of its words', async ({ page, allowed }) => {
  allowed.consoleErrors.push(/40[01].*(users\/me|users\/token)/);
  await signIn(page, server, 'lea', PASSWORD);
  await page.goto(`${server.url}/my-account`);
  await page.getByLabel('About you').fill('Words that took an hour to write.');
  await page.evaluate(() => {
    const nothing = { access: 'gone', refresh: 'gone', expiresAt: Date.now() + 60_000 };
    localStorage.setItem('farandole.tokens', JSON.stringify(nothing));
  });
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('alert')).toContainText('no longer logged in');
  await page.getByRole('alert').getByRole('button', { name: 'Log in' }).click();
  const dialog = page.getByRole('dialog', { name: 'Log in again' });
  await expect(dialog.getByLabel('Password')).toBeFocused();
  await dialog.getByLabel('Password').fill(PASSWORD);
  await dialog.getByLabel('Password').press('Enter');
  await expect(dialog).toBeHidden();
  await expect(page.getByLabel('About you')).toHaveValue('Words that took an hour to write.');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved.')).toBeVisible();
});

test('somebody leaves for good, after being asked', async ({ page, allowed }) => {
  allowed.consoleErrors.push(/40[01]/);
  await signIn(page, server, 'tom', PASSWORD);
  await page.goto(`${server.url}/my-account`);
  const leave = page.getByRole('button', { name: 'Delete my account' });
  await leave.click();
  const dialog = page.getByRole('dialog', { name: 'Delete your account?' });
  await expect(dialog.getByRole('button', { name: 'Cancel' }), 'Enter does no harm').toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(leave, 'the focus comes back').toBeFocused();
  await leave.click();
  await dialog.getByRole('button', { name: 'Delete my account' }).click();
  await expect(page).toHaveURL(`${server.url}/`);
  await expect(page.getByRole('link', { name: 'Log in' }).first()).toBeVisible();
  await expect(server.tokens('tom', PASSWORD)).rejects.toThrow(/answered 400/);
});

// The last one: it uses this address's tries up.
test('guessing at a password is slowed down, in words', async ({ page, allowed }) => {
  allowed.consoleErrors.push(/4(00|29).*users\/token/);
  await page.goto(`${server.url}/login`);
  await page.getByLabel('User name').fill('lea');
  await expect(async () => {
    await page.getByLabel('Password').fill('a guess');
    await page.getByRole('button', { name: 'Log in' }).click();
    await expect(page.getByRole('alert')).toContainText('Too many tries', { timeout: 500 });
  }).toPass({ timeout: 30_000, intervals: [50] });
});
