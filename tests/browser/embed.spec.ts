/** The embed page: its parameters, its states, and what it does when things go wrong. */
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from './support/fixtures.ts';
import { choose, mediaState, playedTo } from './support/player.ts';
import { Stage } from './support/stage.ts';

let stage: Stage;

test.beforeEach(async () => {
  stage = await Stage.open();
});
test.afterEach(async () => stage.close());

test('obeys start and stop', async ({ page }) => {
  await page.goto(stage.embedUrl('?autoplay=1&muted=1&start=10&stop=12'));
  await playedTo(page, 9.9);
  await expect.poll(async () => (await mediaState(page)).paused).toBe(true);
  const { currentTime } = await mediaState(page);
  expect(currentTime).toBeGreaterThanOrEqual(12);
  expect(currentTime).toBeLessThan(13);
});

test('loops between start and stop', async ({ page }) => {
  await page.goto(stage.embedUrl('?autoplay=1&muted=1&start=10&stop=12&loop=1'));
  await playedTo(page, 11);
  await expect.poll(async () => (await mediaState(page)).currentTime, { intervals: [100] }).toBeLessThan(10.9);
  expect((await mediaState(page)).paused).toBe(false);
});

test('shows the player and nothing else when told so', async ({ page }) => {
  await page.goto(stage.embedUrl('?autoplay=1&muted=1&title=0&controls=0&peertubeLink=0'));
  await playedTo(page, 0.3);
  await expect(page.getByRole('link')).toHaveCount(0);
  await expect(page.getByRole('button')).toHaveCount(0);
});

test('leads to the page of the video', async ({ page }) => {
  await page.goto(stage.embedUrl());
  await expect(page.getByRole('link', { name: 'Watch on 127.0.0.1' })).toHaveAttribute('href', `/w/${stage.uuid}`);
  await expect(page).toHaveTitle('A video on the stage');
});

test('asks for the password of a protected video', async ({ page, allowed }) => {
  allowed.consoleErrors.push(/403/);
  stage.password = 'open sesame';
  await page.goto(stage.embedUrl('?muted=1'));
  const field = page.getByLabel('Password');
  await field.fill('wrong');
  await page.getByRole('button', { name: 'Watch' }).click();
  await expect(page.getByRole('alert')).toContainText('not the password');
  const found = await new AxeBuilder({ page }).analyze();
  expect(found.violations.map(({ id }) => id).filter((id) => id !== 'region')).toEqual([]);
  await page.getByLabel('Password').fill('open sesame');
  await page.getByRole('button', { name: 'Watch' }).click();
  await page.locator('#big-play').click();
  await playedTo(page, 1);
  await page.keyboard.press('c');
  await expect(page.getByRole('button', { name: 'Hide captions' })).toBeVisible();
});

test('waits for a video in preparation', async ({ page }) => {
  stage.state = 'waiting';
  await page.goto(stage.embedUrl('?autoplay=1&muted=1'));
  await expect(page.getByText('being prepared')).toBeVisible();
  stage.state = 'ready';
  await playedTo(page, 0.3);
});

test('says so when there is no video, or it failed', async ({ page }) => {
  stage.state = 'failed';
  stage.renditions = [];
  await page.goto(stage.embedUrl());
  await expect(page.getByText('could not be prepared')).toBeVisible();
});

test('renews a right that ran out, and goes on where it was', async ({ page, allowed }) => {
  allowed.consoleErrors.push(/403/);
  await page.goto(stage.embedUrl('?autoplay=1&muted=1&start=40'));
  await playedTo(page, 41);
  stage.breakMedia = 403;
  stage.healsWhenAsked = true;
  await choose(page, 'Quality', '240p');
  await playedTo(page, 43);
  expect(stage.breakMedia).toBeNull();
  await expect(page.getByRole('alert')).toBeHidden();
});

test('keeps the place while the server is away, says so, and goes on by itself', async ({ page, allowed }) => {
  allowed.consoleErrors.push(/503/);
  await page.goto(stage.embedUrl('?autoplay=1&muted=1'));
  await playedTo(page, 1);
  stage.breakMedia = 503;
  await page.keyboard.press('8');
  await choose(page, 'Quality', '240p');
  await expect(page.getByText('keeps trying')).toBeVisible({ timeout: 30_000 });
  stage.breakMedia = null;
  await playedTo(page, 48.5);
  await expect(page.getByText('keeps trying')).toBeHidden();
});

test('offers to try again when a video cannot be had', async ({ page, allowed }) => {
  allowed.consoleErrors.push(/404/);
  stage.breakMedia = 404;
  await page.goto(stage.embedUrl('?autoplay=1&muted=1'));
  await expect(page.getByRole('alert')).toContainText('removed or replaced');
  stage.breakMedia = null;
  await page.getByRole('button', { name: 'Try again' }).click();
  await playedTo(page, 0.5);
  await expect(page.getByRole('alert')).toBeHidden();
});
