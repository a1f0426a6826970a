/** Videos that moderators look at first, or block; and people who ask to come in. */
import { clip } from './support/clips.ts';
import { expect, test } from './support/fixtures.ts';
import { FarandoleServer, type Uploaded } from './support/server.ts';
import { accessibilityFaults, overhang, signIn } from './support/site.ts';

let server: FarandoleServer;
let film: Uploaded;

test.beforeAll(async () => {
  server = await FarandoleServer.start({
    TRANSCODING__PRESET: 'ultrafast',
    TRANSCODING__RESOLUTIONS: '[240]',
    MODERATION__HOLD_NEW_VIDEOS: 'true',
    ACCOUNTS__SIGNUP: 'approval',
  });
  await server.user('lea', 'a first password');
  const { access_token: by } = await server.tokens('lea', 'a first password');
  film = await server.upload(clip('tiny.mp4'), { name: 'A walk to the lighthouse', by });
  await server.published(film.uuid);
});
test.afterAll(async () => server?.stop());

test('a new video is let pass, then blocked with a reason that its owner reads', async ({ page, browser }) => {
  const visitor = await (await browser.newContext()).newPage();
  await visitor.goto(`${server.url}/w/${film.shortUUID}`);
  await expect(visitor.getByRole('heading', { name: 'There is nothing here' })).toBeVisible();

  await signIn(page, server);
  await page.goto(`${server.url}/admin/moderation/videos?type=2`);
  const entry = page.getByRole('article', { name: 'A walk to the lighthouse' });
  await expect(entry).toContainText('Waits');
  await expect(entry.getByRole('img'), 'covered until asked for').toHaveCount(0);
  await entry.getByRole('button', { name: 'Show the picture' }).click();
  await expect(entry.locator('img')).toBeVisible();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.setViewportSize({ width: 360, height: 740 });
  expect(await overhang(page)).toBeLessThanOrEqual(0);
  await page.setViewportSize({ width: 1280, height: 800 });
  await entry.getByRole('button', { name: 'Let everybody see it' }).click();
  await expect(page.getByRole('heading', { name: 'No such video is blocked' })).toBeVisible();
  await visitor.reload();
  await expect(visitor.getByRole('heading', { name: 'A walk to the lighthouse' })).toBeVisible();

  await page.goto(`${server.url}/w/${film.shortUUID}`);
  await page.getByRole('button', { name: 'Block', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Block this video?' });
  await dialog.getByLabel('Reason').fill('It shows a child');
  expect(await accessibilityFaults(page, ['region'])).toEqual([]);
  await dialog.getByRole('button', { name: 'Block', exact: true }).click();
  await expect(page.getByRole('status').filter({ hasText: 'A moderator blocked' })).toHaveCount(0);
  await expect(page.getByRole('alert')).toContainText('It shows a child');
  await visitor.reload();
  await expect(visitor.getByRole('heading', { name: 'This video was blocked' })).toBeVisible();

  await signIn(visitor, server, 'lea', 'a first password');
  await visitor.goto(`${server.url}/my-library/videos`);
  await expect(visitor.getByText('Reason: It shows a child')).toBeVisible();
  await visitor.goto(`${server.url}/my-account/notifications`);
  await visitor.getByRole('link', { name: '“A walk to the lighthouse” was blocked by a moderator.' }).click();
  await expect(visitor.getByRole('alert')).toContainText('It shows a child');
  await expect(visitor.getByRole('button', { name: 'Unblock' }), 'not for its owner').toHaveCount(0);
  await page.getByRole('button', { name: 'Unblock' }).click();
  await expect(page.getByRole('alert')).toHaveCount(0);
  await visitor.context().close();
});

test('somebody asks for an account, learns that it waits, and comes in', async ({ page, browser }) => {
  const guest = await (await browser.newContext()).newPage();
  await guest.goto(`${server.url}/login`);
  await guest.getByRole('link', { name: 'Create an account' }).click();
  // The page before has a field of the same name.
  await expect(guest.getByRole('heading', { name: 'Create an account' })).toBeVisible();
  await guest.getByLabel('User name').fill('nora');
  await guest.getByLabel('Mail address').fill('nora@example.org');
  await guest.getByLabel('Password').fill('a second password');
  await guest.getByLabel('Why do you want an account?').fill('I film lighthouses');
  await guest.getByLabel('I am at least 16 years old.').check();
  expect(await accessibilityFaults(guest)).toEqual([]);
  await guest.setViewportSize({ width: 360, height: 740 });
  expect(await overhang(guest)).toBeLessThanOrEqual(0);
  await guest.getByRole('button', { name: 'Send the request' }).click();
  await expect(guest.getByRole('status')).toContainText('Your request was sent');
  const logIn = async () => {
    await guest.goto(`${server.url}/login`);
    await guest.getByLabel('User name').fill('nora');
    await guest.getByLabel('Password').fill('a second password');
    await guest.getByRole('button', { name: 'Log in' }).click();
  };
  await logIn();
  await expect(guest.getByRole('alert')).toContainText('has not looked at your request');

  await signIn(page, server);
  await page.goto(`${server.url}/admin/moderation/registrations`);
  const entry = page.getByRole('article', { name: 'nora' });
  await expect(entry).toContainText('I film lighthouses');
  expect(await accessibilityFaults(page)).toEqual([]);
  await entry.getByRole('button', { name: 'Accept' }).click();
  const dialog = page.getByRole('dialog', { name: 'Let nora in?' });
  await dialog.getByLabel('A word to them').fill('Good to have you');
  await dialog.getByRole('button', { name: 'Accept' }).click();
  await expect(entry).toContainText('Accepted');

  await logIn();
  await expect(guest).toHaveURL(`${server.url}/`);
  await guest.goto(`${server.url}/my-account/notifications`);
  await expect(guest.getByText('Good to have you')).toBeVisible();

  await page.goto(`${server.url}/admin/users`);
  await page.getByRole('button', { name: 'Block nora' }).click();
  const suspend = page.getByRole('dialog', { name: 'Block this user?' });
  await suspend.getByLabel('Reason').fill('Three warnings');
  await suspend.getByRole('button', { name: 'Block', exact: true }).click();
  await expect(page.getByRole('row', { name: /nora/ })).toContainText('Three warnings');
  await logIn();
  await expect(guest.getByRole('alert')).toContainText('Three warnings');
  await guest.context().close();
});
