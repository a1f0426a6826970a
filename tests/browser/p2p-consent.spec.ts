/** Who is asked, who decides, and that a decision holds at once. */
import AxeBuilder from '@axe-core/playwright';
import { clip } from './support/clips.ts';
import { expect, test } from './support/fixtures.ts';
import { choose, mediaState, playedTo, ready } from './support/player.ts';
import { FarandoleServer, type Uploaded } from './support/server.ts';
import { Viewer } from './support/sharing.ts';
import { signIn } from './support/site.ts';

let server: FarandoleServer;
let video: Uploaded;

test.beforeAll(async () => {
  test.setTimeout(180_000);
  server = await FarandoleServer.start({ TRANSCODING__PRESET: 'ultrafast' });
  video = await server.upload(clip('long.mp4'), { name: 'Shall we share' });
  await server.published(video.uuid);
});
test.afterAll(async () => server?.stop());

const question = (viewer: Viewer) => viewer.page.getByRole('region', { name: /Share this video/ });

test('asks at first play without waiting, keeps to the answer, and can be told otherwise', async ({ browser }) => {
  test.setTimeout(120_000);
  const viewer = await Viewer.open(browser);
  const { page } = viewer;
  await page.goto(`${server.url}/w/${video.shortUUID}`);
  await ready(page);
  await expect(question(viewer)).toHaveCount(0);
  await page.keyboard.press('k');
  await expect(question(viewer)).toBeVisible();
  await expect(question(viewer)).toContainText('IP address');
  await playedTo(page, 2);
  expect(await viewer.connections()).toMatchObject({ made: 0 });
  expect(viewer.sockets).toEqual([]);
  const { violations } = await new AxeBuilder({ page }).include('.watch').analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);

  await question(viewer).getByRole('button', { name: 'Share', exact: true }).press('Enter');
  await expect(question(viewer)).toHaveCount(0);
  await expect.poll(() => viewer.openSockets).toBe(1);
  const from = (await mediaState(page)).currentTime;
  await playedTo(page, from + 1);

  await choose(page, 'Share with viewers', 'Off');
  await expect.poll(() => viewer.openSockets).toBe(0);
  await expect.poll(async () => (await viewer.connections()).open).toBe(0);
  await playedTo(page, (await mediaState(page)).currentTime + 2);

  await page.reload();
  await ready(page);
  await page.keyboard.press('k');
  await playedTo(page, 1);
  await expect(question(viewer)).toHaveCount(0);
  await choose(page, 'Share with viewers', 'On');
  await expect.poll(() => viewer.openSockets).toBe(1);
  await viewer.close();
});

test('asks in an embed as well, and in French', async ({ browser }) => {
  const viewer = await Viewer.open(browser);
  await viewer.page.context().addCookies([{ name: 'farandole_language', value: 'fr', url: server.url }]);
  await viewer.page.goto(`${server.url}/videos/embed/${video.uuid}?muted=1&autoplay=1`);
  await playedTo(viewer.page, 1);
  const asked = viewer.page.getByRole('region', { name: /Partager cette vidéo/ });
  await expect(asked).toBeVisible();
  await asked.getByRole('button', { name: 'Ne pas partager' }).click();
  await expect(asked).toHaveCount(0);
  expect(viewer.sockets).toEqual([]);
  await viewer.close();
});

test('an answer goes with the account, and is not asked for again', async ({ page, browser }) => {
  await server.user('mia', 'a password of mia');
  await signIn(page, server, 'mia', 'a password of mia');
  await page.goto(`${server.url}/w/${video.shortUUID}`);
  await ready(page);
  await page.keyboard.press('k');
  const saved = page.waitForResponse((answer) => answer.url().endsWith('/users/me') && answer.request().method() === 'PUT');
  await page.getByRole('button', { name: 'Do not share' }).click();
  await saved;
  const elsewhere = await Viewer.open(browser);
  await signIn(elsewhere.page, server, 'mia', 'a password of mia');
  await elsewhere.page.goto(`${server.url}/w/${video.shortUUID}`);
  await ready(elsewhere.page);
  await elsewhere.page.keyboard.press('k');
  await playedTo(elsewhere.page, 1);
  await expect(question(elsewhere)).toHaveCount(0);
  await elsewhere.page.goto(`${server.url}/my-account`);
  const toggle = elsewhere.page.getByRole('checkbox', { name: 'Share while I watch' });
  await expect(toggle).not.toBeChecked();
  await toggle.check();
  await expect(elsewhere.page.getByText('Saved')).toBeVisible();
  await elsewhere.page.goto(`${server.url}/w/${video.shortUUID}`);
  await ready(elsewhere.page);
  await elsewhere.page.keyboard.press('k');
  await expect.poll(() => elsewhere.openSockets).toBe(1);
  await elsewhere.close();
});

test('nothing is shared where the owner or the kind of video says so', async ({ browser, page }) => {
  const secret = await server.upload(clip('tiny.mp4'), { name: 'Locked', privacy: 5, passwords: ['open sesame'] });
  await server.published(secret.uuid);
  const viewer = await Viewer.open(browser, { answer: 'yes' }, { consoleErrors: [/40[13]/] });
  await viewer.page.goto(`${server.url}/videos/embed/${secret.uuid}?muted=1`);
  await viewer.page.getByLabel('Password').fill('open sesame');
  await viewer.page.getByRole('button', { name: 'Watch' }).click();
  await viewer.page.locator('#big-play').click();
  await playedTo(viewer.page, 0.5);
  expect(viewer.sockets).toEqual([]);
  await viewer.close();

  await signIn(page, server);
  await page.goto(`${server.url}/videos/update/${video.shortUUID}`);
  await page.getByLabel('Sharing between viewers').selectOption({ label: 'Off' });
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved')).toBeVisible();
  const { streamingPlaylists } = (await server.video(video.uuid)) as unknown as {
    streamingPlaylists: { p2p: object | null }[];
  };
  expect(streamingPlaylists[0]?.p2p).toBeNull();
  await page.reload();
  await page.getByLabel('Sharing between viewers').selectOption({ label: 'As the channel' });
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved')).toBeVisible();
  await page.reload();
  await expect(page.getByLabel('Sharing between viewers')).toHaveValue('');
});
