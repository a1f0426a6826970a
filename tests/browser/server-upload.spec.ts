/** An upload that is interrupted by a reload goes on where it was. */
import { clip } from './support/clips.ts';
import { expect, test } from './support/fixtures.ts';
import { FarandoleServer } from './support/server.ts';
import { logIn } from './support/site.ts';

let server: FarandoleServer;

test.beforeAll(async () => {
  server = await FarandoleServer.start({ TRANSCODING__PRESET: 'ultrafast', TRANSCODING__RESOLUTIONS: '[240]' });
});
test.afterAll(async () => server?.stop());

test('goes on after a reload and sends no byte twice', async ({ page }) => {
  await logIn(page, server);
  // Slow enough that the reload comes in the middle.
  const network = await page.context().newCDPSession(page);
  const slow = { offline: false, latency: 5, downloadThroughput: -1, uploadThroughput: 1_500_000 };
  await network.send('Network.emulateNetworkConditions', slow);
  await page.goto(`${server.url}/videos/upload`);
  await page.locator('input[type="file"]').first().setInputFiles(clip('long.mp4'));
  const bar = page.getByRole('progressbar', { name: 'Upload' });
  await expect.poll(async () => Number(await bar.getAttribute('aria-valuenow'))).toBeGreaterThan(65);
  await page.reload();
  await expect(page.getByText('was not sent to its end')).toBeVisible();
  await network.send('Network.emulateNetworkConditions', { ...slow, uploadThroughput: -1 });
  const ranges: number[] = [];
  page.on('request', (request) => {
    const start = /^bytes (\d+)-/.exec(request.headers()['content-range'] ?? '')?.[1];
    if (request.method() === 'PUT' && start !== undefined) ranges.push(Number(start));
  });
  await page.locator('input[type="file"]').first().setInputFiles(clip('long.mp4'));
  await expect(page.getByRole('heading', { name: 'The file has arrived' })).toBeVisible({ timeout: 60_000 });
  expect(Math.min(...ranges), 'the first byte sent after the reload').toBeGreaterThan(0);
});
