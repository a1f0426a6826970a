/** Uploads that meet trouble: a reload, a server that goes away, a full account, a file of no use. */
import type { Page } from '@playwright/test';
import { clip } from './support/clips.ts';
import { expect, test } from './support/fixtures.ts';
import { FarandoleServer } from './support/server.ts';
import { signIn } from './support/site.ts';

const PASSWORD = 'a first password';
let server: FarandoleServer;

test.beforeAll(async () => {
  server = await FarandoleServer.start({ TRANSCODING__PRESET: 'ultrafast', TRANSCODING__RESOLUTIONS: '[240]' });
  await server.user('lea', PASSWORD, 100_000);
});
test.afterAll(async () => server?.stop());

/** Makes sending slow enough for something to happen in the middle; the result ends that. */
async function slowDown(page: Page): Promise<() => Promise<void>> {
  const network = await page.context().newCDPSession(page);
  const slow = { offline: false, latency: 5, downloadThroughput: -1, uploadThroughput: 1_500_000 };
  await network.send('Network.emulateNetworkConditions', slow);
  return async () => {
    await network.send('Network.emulateNetworkConditions', { ...slow, uploadThroughput: -1 });
  };
}

async function choose(page: Page, file: string | { name: string; mimeType: string; buffer: Buffer }): Promise<void> {
  await page.locator('input[type="file"]').first().setInputFiles(file);
}

async function sentTo(page: Page, percent: number): Promise<void> {
  const bar = page.getByRole('progressbar', { name: 'Upload' });
  await expect.poll(async () => Number(await bar.getAttribute('aria-valuenow'))).toBeGreaterThan(percent);
}

test('goes on after a reload and sends no byte twice', async ({ page }) => {
  await signIn(page, server);
  const quick = await slowDown(page);
  await page.goto(`${server.url}/videos/upload`);
  await choose(page, clip('long.mp4'));
  await page.getByLabel('Title').fill('A title from before the reload');
  await sentTo(page, 65);
  await page.reload();
  await expect(page.getByText('was not sent to its end')).toBeVisible();
  await choose(page, clip('short.mp4'));
  await expect(page.getByRole('alert')).toContainText('This is another file');
  await quick();
  const ranges: number[] = [];
  page.on('request', (request) => {
    const start = /^bytes (\d+)-/.exec(request.headers()['content-range'] ?? '')?.[1];
    if (request.method() === 'PUT' && start !== undefined) ranges.push(Number(start));
  });
  await choose(page, clip('long.mp4'));
  await expect(page.getByRole('heading', { name: 'The file has arrived' })).toBeVisible({ timeout: 60_000 });
  expect(Math.min(...ranges), 'the first byte sent after the reload').toBeGreaterThan(0);
  await expect(page.getByLabel('Title')).toHaveValue('A title from before the reload');
});

test('waits for a server that goes away, and is whole in the end', async ({ page, allowed }) => {
  allowed.consoleErrors.push(/ERR_(CONNECTION|EMPTY_RESPONSE|SOCKET)/, /50\d.*upload-resumable/);
  await signIn(page, server);
  const quick = await slowDown(page);
  await page.goto(`${server.url}/videos/upload`);
  await choose(page, clip('source.mp4'));
  await sentTo(page, 20);
  await server.halt();
  await expect(page.getByRole('heading', { name: 'Waiting for the connection' })).toBeVisible();
  await expect(page.getByText('What has arrived is kept')).toBeVisible();
  await server.goOn();
  await quick();
  await expect(page.getByRole('heading', { name: 'The file has arrived' })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('heading', { name: 'The video is ready' })).toBeVisible({ timeout: 60_000 });
});

test('says when the account is full, before anything is sent', async ({ page, allowed }) => {
  allowed.consoleErrors.push(/413.*upload-resumable/);
  await signIn(page, server, 'lea', PASSWORD);
  await page.goto(`${server.url}/videos/upload`);
  await choose(page, clip('short.mp4'));
  await expect(page.getByRole('alert')).toContainText('no space left');
  await page.getByRole('button', { name: 'Upload another video' }).click();
  await expect(page.getByRole('heading', { name: 'Drop a video here' })).toBeVisible();
  await page.goto(`${server.url}/my-account`);
  await expect(page.getByText(/0 bytes of 100 kB used/)).toBeVisible();
});

test('says why a file is of no use, and keeps nothing of it', async ({ page, allowed }) => {
  allowed.consoleErrors.push(/4(15|22).*upload-resumable/);
  await signIn(page, server);
  await page.goto(`${server.url}/videos/upload`);
  await choose(page, { name: 'letter.txt', mimeType: 'text/plain', buffer: Buffer.from('no video') });
  await expect(page.getByRole('alert')).toContainText('Only video and sound files are taken');
  await page.getByRole('button', { name: 'Upload another video' }).click();
  await choose(page, { name: 'disguised.mp4', mimeType: 'video/mp4', buffer: Buffer.alloc(5000, 'no video') });
  await expect(page.getByRole('alert')).toContainText('Nothing of the file was kept');
  await page.getByRole('button', { name: 'Upload another video' }).click();
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Drop a video here' }), 'nothing to go on with').toBeVisible();
});
