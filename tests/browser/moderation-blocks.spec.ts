/**
 * Blocks: a viewer mutes somebody, a moderator blocks them for everybody, a channel's lists and its
 * people refuse authors, and all of it is taken back.
 */
import { clip } from './support/clips.ts';
import { Person } from './support/comments.ts';
import { expect, test } from './support/fixtures.ts';
import { FarandoleServer, type Uploaded } from './support/server.ts';
import { accessibilityFaults, overhang, signIn } from './support/site.ts';

let server: FarandoleServer;
let film: Uploaded;

test.beforeAll(async () => {
  server = await FarandoleServer.start({ TRANSCODING__PRESET: 'ultrafast', TRANSCODING__RESOLUTIONS: '[240]' });
  await server.user('lea', 'a first password');
  await server.user('troll', 'a third password');
  film = await server.upload(clip('tiny.mp4'), { name: 'A film' });
  await server.published(film.uuid);
});
test.afterAll(async () => server?.stop());

test('somebody is muted, blocked for everybody, and let in again', async ({ page, browser }) => {
  const troll = await Person.of(server, 'troll', 'a third password');
  await troll.comment(film, 'You are all fools');

  // For oneself: beside the comment, and back on one's own page.
  await signIn(page, server, 'lea', 'a first password');
  await page.goto(`${server.url}/w/${film.shortUUID}`);
  const comment = page.getByRole('article').filter({ hasText: 'You are all fools' });
  await comment.getByRole('button', { name: 'Mute troll' }).click();
  const dialog = page.getByRole('dialog', { name: 'Mute troll?' });
  await expect(dialog.getByRole('radio'), 'a viewer decides for nobody else').toHaveCount(0);
  await dialog.getByRole('button', { name: 'Mute', exact: true }).click();
  await expect(comment).toHaveCount(0);
  await page.goto(`${server.url}/a/troll`);
  await expect(page.getByText('You muted this account')).toBeVisible();
  await page.goto(`${server.url}/my-account/blocks`);
  await expect(page.getByRole('link', { name: 'troll' })).toBeVisible();
  expect(await accessibilityFaults(page)).toEqual([]);
  const servers = page.getByRole('region', { name: 'Servers' });
  await servers.getByLabel('Server').fill('bad.example');
  await servers.getByRole('button', { name: 'Mute', exact: true }).click();
  await expect(servers.getByText('bad.example', { exact: true })).toBeVisible();
  await page.setViewportSize({ width: 360, height: 740 });
  expect(await overhang(page)).toBeLessThanOrEqual(0);
  await page.getByRole('button', { name: 'Unmute troll' }).click();
  await expect(page.getByText('You muted no account.')).toBeVisible();
  await page.goto(`${server.url}/w/${film.shortUUID}`);
  await expect(comment).toBeVisible();

  // For everybody: from the account's page, with a reason, and back from the desk.
  const desk = await (await browser.newContext()).newPage();
  await signIn(desk, server);
  await desk.goto(`${server.url}/a/troll`);
  await desk.getByRole('button', { name: 'Mute or block' }).click();
  const block = desk.getByRole('dialog', { name: 'Mute troll?' });
  await block.getByLabel('For everybody').check();
  await block.getByLabel('Reason').fill('Insults everybody');
  await block.getByRole('button', { name: 'Block here' }).click();
  await expect(desk.getByText('This account is blocked here')).toBeVisible();
  await page.reload();
  await expect(page.getByRole('heading', { name: '1 comment' }), 'the count stays').toBeVisible();
  await expect(comment).toHaveCount(0);
  await desk.goto(`${server.url}/admin/moderation/blocks`);
  await expect(desk.getByText('Insults everybody')).toBeVisible();
  await expect(desk.getByText('Shown to nobody, texts are refused.')).toBeVisible();
  await desk.getByLabel('File', { exact: true }).setInputFiles({
    name: 'domains.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from('#domain,#severity\nworse.example,suspend\nloud.example,silence\n'),
  });
  await desk.getByRole('button', { name: 'Read into the list' }).click();
  await expect(desk.getByText('New: 0 accounts, 1 servers.')).toBeVisible();
  await expect(desk.getByText('worse.example', { exact: true })).toBeVisible();
  expect(await accessibilityFaults(desk)).toEqual([]);
  await desk.setViewportSize({ width: 360, height: 740 });
  expect(await overhang(desk)).toBeLessThanOrEqual(0);
  await desk.getByRole('button', { name: 'Lift the block of troll' }).click();
  await expect(desk.getByText('No account is blocked.')).toBeVisible();
  await desk.goto(`${server.url}/admin/moderation/audit`);
  await expect(desk.getByRole('listitem').filter({ hasText: 'Block lifted' }).first()).toContainText('troll');
  await desk.context().close();
  await page.reload();
  await expect(comment).toBeVisible();
});

test('a channel sees whom it refuses and why, and its moderator lifts it', async ({ page }) => {
  const json = (body: object, init: RequestInit = {}): RequestInit => ({
    method: 'POST',
    body: JSON.stringify(body),
    ...init,
    headers: { 'Content-Type': 'application/json', ...init.headers },
  });
  await server.user('nia', 'a second password');
  await server.user('eve', 'a fourth password');
  const channel = 'channel=root_channel';
  for (const [name, action, word] of [['Insults', 'time-out', 'gourd'], ['First look', 'hold', 'turnip']] as const) {
    const fields = { name, action, timeOutMinutes: action === 'time-out' ? 60 : null, language: 'en' };
    const made = await server.api(`/moderation/lists?${channel}`, json(fields));
    const { id } = (await made.json()) as { id: number };
    await server.send('POST', `/moderation/lists/${id}/entries`, { text: word });
  }
  await server.send('PUT', '/moderation/channels/root_channel/moderators/lea', {});
  await (await Person.of(server, 'nia', 'a second password')).comment(film, 'What a gourd you are');
  await (await Person.of(server, 'eve', 'a fourth password')).comment(film, 'Still a turnip');
  // Blocked by a person: one who may decide in this channel only.
  const Authorization = `Bearer ${(await server.tokens('lea', 'a first password')).access_token}`;
  const lea = { headers: { Authorization } };
  const queue = await server.api(`/moderation/queue?${channel}&search=turnip`, lea);
  const [held] = ((await queue.json()) as { data: { id: number }[] }).data;
  const verdict = { ids: [held?.id], decision: 'reject', blockAuthor: true, note: 'Third time' };
  await server.api('/moderation/decisions', json(verdict, lea));

  await signIn(page, server, 'lea', 'a first password');
  await page.goto(`${server.url}/my-library/moderation?${channel}`);
  await page.getByRole('navigation', { name: 'Moderation' }).getByRole('link', { name: 'Blocks' }).click();
  await expect(page).toHaveURL(/\/my-library\/moderation\/blocks\?channel=root_channel/);
  const eve = page.getByRole('article', { name: 'eve' });
  const nia = page.getByRole('article', { name: 'nia' });
  await expect(eve).toContainText('Until somebody lifts it.');
  await expect(eve).toContainText('By lea');
  await expect(eve).toContainText('Third time');
  await expect(nia).toContainText(/Until .*\d/);
  await expect(nia.getByRole('link', { name: 'Insults' })).toBeVisible();
  await expect(nia.getByText('What a gourd you are'), 'covered until it is asked for').toBeHidden();
  expect(await accessibilityFaults(page)).toEqual([]);

  // By keyboard: the second, what it wrote, lifted.
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await expect(nia).toBeFocused();
  await page.keyboard.press('o');
  await expect(nia.getByText('What a gourd you are')).toBeVisible();
  await page.keyboard.press('u');
  const dialog = page.getByRole('dialog', { name: 'Lift the block of nia?' });
  await dialog.getByRole('button', { name: 'Lift the block' }).click();
  await expect(nia).toHaveCount(0);
  await expect(eve, 'the hand goes on with the next').toBeFocused();

  await page.getByRole('searchbox', { name: 'Search by name' }).fill('nia');
  await expect(page.getByRole('heading', { name: 'Nobody of that name is blocked' })).toBeVisible();
  await expect(page, 'whose desk it is stays in the address').toHaveURL(/channel=root_channel/);
  await page.getByRole('searchbox', { name: 'Search by name' }).fill('');
  await page.setViewportSize({ width: 360, height: 740 });
  await expect(eve).toBeVisible();
  expect(await overhang(page)).toBeLessThanOrEqual(0);
  await eve.getByRole('button', { name: 'Lift the block of eve' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Lift the block' }).click();
  await expect(page.getByRole('heading', { name: 'Nobody is blocked in this channel' })).toBeVisible();
  expect((await (await Person.of(server, 'eve', 'a fourth password')).comment(film, 'Hello again')).state).toBe('shown');
});
