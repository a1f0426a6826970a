/** Comments: written, answered, changed, marked and deleted; what may not be done; and being told. */
import { clip } from './support/clips.ts';
import { Person, POLICY, setPolicy, UNHURRIED } from './support/comments.ts';
import { expect, test } from './support/fixtures.ts';
import { FarandoleServer, ROOT_PASSWORD, type Uploaded } from './support/server.ts';
import { overhang, signIn } from './support/site.ts';

const PASSWORD = 'a first password';
let server: FarandoleServer;
let root: Person;
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
  root = await Person.of(server, 'root', ROOT_PASSWORD);
  ana = await Person.of(server, 'ana', PASSWORD);
});
test.afterAll(async () => server?.stop());

test.beforeEach(async () => {
  test.setTimeout(120_000);
  video = await server.upload(clip('short.mp4'), { name: 'A walk along the harbour' });
  await server.published(video.uuid);
});

const watch = (rest = '') => `${server.url}/w/${video.shortUUID}${rest}`;

test('a conversation is held, changed and cleared away', async ({ page }) => {
  await page.goto(watch());
  const section = page.getByRole('region', { name: /comment/i });
  await expect(section.getByText('Log in to write a comment.')).toBeVisible();
  await expect(section.getByText('No comments yet.')).toBeVisible();

  await signIn(page, server, 'ana', PASSWORD);
  await page.goto(watch());
  const field = section.getByLabel('Write a comment');
  await field.fill('At 0:12 the **best** of all, see https://example.org/cranes');
  await expect(section.getByText('/ 10,000')).toBeVisible();
  await section.getByRole('button', { name: 'Comment', exact: true }).click();
  const mine = section.getByRole('article', { name: 'Comment by ana' });
  await expect(mine.locator('strong', { hasText: 'best' })).toBeVisible();
  await expect(mine.getByRole('link', { name: 'https://example.org/cranes' })).toHaveAttribute(
    'rel',
    'nofollow ugc noopener',
  );
  await expect(section.getByRole('status').last()).toHaveText('Your comment is published.');
  await expect(section.getByRole('heading', { name: '1 comment' })).toBeVisible();
  await expect(field, 'ready for the next').toHaveValue('');
  await mine.getByRole('button', { name: '0:12' }).click();
  await expect.poll(() => page.locator('farandole-player').evaluate((p) => (p as HTMLMediaElement).currentTime)).toBeGreaterThanOrEqual(12);

  await mine.getByRole('button', { name: 'Edit' }).click();
  await mine.getByLabel('Edit your comment').fill('At 0:12 the *second best*');
  await mine.getByRole('button', { name: 'Save' }).click();
  await expect(mine.locator('em')).toHaveText('second best');
  await expect(mine.getByText('edited')).toBeVisible();

  // The channel answers, likes and pins.
  await signIn(page, server);
  await page.goto(watch());
  await mine.getByRole('button', { name: 'Reply to ana' }).click();
  const answer = section.getByRole('textbox', { name: 'Reply to ana' });
  await expect(answer).toBeFocused();
  await answer.fill('Thank you.');
  await page.keyboard.press('Control+Enter');
  const reply = section.getByRole('article', { name: 'Comment by root' });
  await expect(reply).toContainText('Thank you.');
  await mine.getByRole('button', { name: 'Like' }).click();
  await expect(mine.getByText(/Liked by/)).toBeVisible();
  await mine.getByRole('button', { name: 'Pin', exact: true }).click();
  await expect(mine.getByText('Pinned')).toBeVisible();

  await mine.getByRole('button', { name: 'Versions' }).click();
  await expect(page.getByRole('dialog').getByRole('listitem')).toHaveCount(2);
  await page.keyboard.press('Escape');

  // What is answered leaves a stone; what is not goes.
  await mine.getByRole('button', { name: 'Delete the comment by ana' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(section.getByText('This comment was deleted.')).toBeVisible();
  await expect(reply).toBeVisible();
  await page.reload();
  await section.getByRole('button', { name: /1 reply/ }).click();
  await reply.getByRole('button', { name: 'Delete the comment by root' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(reply).toHaveCount(0);
});

test('threads are sorted, paged, and found again by a link', async ({ page, allowed }) => {
  allowed.consoleErrors.push(/404.*comment-threads/);
  const ids: number[] = [];
  for (let i = 1; i <= 23; i++) ids.push((await ana.comment(video, `Comment ${i}.`)).id);
  const first = ids[0] ?? 0;
  for (let i = 1; i <= 3; i++) await root.comment(video, `Answer ${i}.`, first);
  const last = await ana.comment(video, 'The last answer.', first);

  await page.goto(watch());
  const section = page.getByRole('region', { name: '27 comments' });
  const threads = section.getByRole('article');
  await expect(threads).toHaveCount(20);
  await expect(threads.first()).toContainText('Comment 23.');
  await section.getByRole('button', { name: 'Next' }).click();
  await expect(threads).toHaveCount(3);
  await expect(section.getByRole('heading', { name: '27 comments' })).toBeFocused();
  await section.getByLabel('Order of the comments').selectOption({ label: 'Oldest first' });
  await expect(threads.first()).toContainText('Comment 1.');
  await section.getByLabel('Order of the comments').selectOption({ label: 'Most replies first' });
  await expect(threads.first()).toContainText('Comment 1.');
  await section.getByRole('button', { name: /4 replies/ }).click();
  await expect(section.getByText('The last answer.')).toBeVisible();

  await page.goto(watch(`?threadId=${first}#comment-${last.id}`));
  const linked = page.locator(`#comment-${last.id}`);
  await expect(linked).toBeInViewport();
  await expect(linked).toBeFocused();
  await expect(page.getByText('The comment you came for')).toBeVisible();
  await page.goto(watch('?threadId=999999'));
  await expect(page.getByText('The comment of this link is no longer here.')).toBeVisible();
});

test('a hostile comment is shown harmlessly', async ({ page }) => {
  const evil = [
    '<script>window.harmed = 1</script><img src=x onerror="window.harmed = 1">',
    '[click](javascript:window.harmed=1) <svg onload="window.harmed = 1">',
    `${'> '.repeat(400)}deep`,
    '\u202Etxet desrever\u202C',
    'w'.repeat(3000),
  ];
  for (const text of evil) await ana.comment(video, text);
  await page.goto(watch());
  await expect(page.getByRole('region', { name: '5 comments' }).getByRole('article')).toHaveCount(5);
  expect(await page.evaluate(() => 'harmed' in window)).toBe(false);
  for (const width of [360, 1280]) {
    await page.setViewportSize({ width, height: 740 });
    expect(await overhang(page), `at ${width}`).toBeLessThanOrEqual(0);
  }
});

test('what the channel asks for is said before one writes', async ({ page }) => {
  await setPolicy(server, video, POLICY.disabled);
  await signIn(page, server, 'bo', PASSWORD);
  await page.goto(watch());
  await expect(page.getByText('Comments are closed on this video.')).toBeVisible();
  await expect(page.getByLabel('Write a comment')).toHaveCount(0);

  await setPolicy(server, video, POLICY.approval);
  await page.goto(watch());
  await expect(page.getByText('read by its channel before they show')).toBeVisible();
  await page.getByLabel('Write a comment').fill('May I?');
  await page.getByRole('button', { name: 'Comment', exact: true }).click();
  const mine = page.getByRole('article', { name: 'Comment by bo' });
  await expect(mine.getByText('Only you see this comment: it waits for a moderator')).toBeVisible();
  await signIn(page, server, 'ana', PASSWORD);
  await page.goto(watch());
  await expect(page.getByText('No comments yet.')).toBeVisible();
});

test('somebody is told of an answer, and led to it', async ({ page }) => {
  const asked = await ana.comment(video, 'Is this the old harbour?');
  const before = await ana.unread();
  const answer = await root.comment(video, 'It is.', asked.id);
  await expect.poll(() => ana.unread()).toBe(before + 1);
  await signIn(page, server, 'ana', PASSWORD);
  await page.goto(server.url);
  await page.getByRole('link', { name: /Notifications, \d+ new/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Notifications' })).toBeVisible();
  await page.getByRole('link', { name: /named or answered you under/ }).first().click();
  await expect(page.locator(`#comment-${answer.id}`)).toBeFocused();
  await expect.poll(() => ana.unread(), 'read by going there').toBe(before);
  await page.getByRole('link', { name: /^Notifications/ }).click();

  const mentions = page.getByRole('checkbox', { name: /Mentions and replies/ });
  await mentions.uncheck();
  await expect(mentions).toBeEnabled();
  await page.reload();
  await expect(mentions).not.toBeChecked();
});
