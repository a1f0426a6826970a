/** A plugin: looked at, installed, granted what it asks for, set up, tried, switched on, removed. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clip } from './support/clips.ts';
import { Person, UNHURRIED } from './support/comments.ts';
import { expect, test } from './support/fixtures.ts';
import { BINARY, FarandoleServer } from './support/server.ts';
import { accessibilityFaults, signIn } from './support/site.ts';

const PASSWORD = 'a first password';
const PLUGINS = join(import.meta.dirname, '../../plugins');
const LINKS = 'https://a.example https://b.example https://c.example';
let server: FarandoleServer;
let folder: string;

/** The sample, packed as its author packs it. */
function packed(): string {
  copyFileSync(join(PLUGINS, 'samples/link-spam/plugin.toml'), join(folder, 'plugin.toml'));
  copyFileSync(join(PLUGINS, 'fixtures/link-spam.wasm'), join(folder, 'made.wasm'));
  const script = '#!/bin/sh\nmkdir -p build && cp made.wasm build/plugin.wasm\n';
  writeFileSync(join(folder, 'build.sh'), script, { mode: 0o755 });
  execFileSync(BINARY, ['plugin', 'build', folder]);
  return join(folder, 'build/link-spam-1.0.0.wasm');
}

test.beforeAll(async () => {
  test.setTimeout(180_000);
  folder = mkdtempSync(join(tmpdir(), 'farandole-plugin-'));
  server = await FarandoleServer.start({
    ...UNHURRIED,
    TRANSCODING__PRESET: 'ultrafast',
    TRANSCODING__RESOLUTIONS: '[240]',
  });
  await server.user('ana', PASSWORD);
});
test.afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await server?.stop();
});

test('a plugin is installed, granted, set up, tried, switched on, and uninstalled', async ({ page }) => {
  test.setTimeout(180_000);
  const file = packed();
  const video = await server.upload(clip('short.mp4'), { name: 'A walk along the harbour' });
  await server.published(video.uuid);
  await signIn(page, server);
  await page.goto(`${server.url}/admin/plugins`);
  await expect(page.getByRole('heading', { name: 'No plugins yet' })).toBeVisible();
  await page.getByLabel('Package').setInputFiles(file);
  await expect(page.getByText('link-spam 1.0.0')).toBeVisible();
  await page.getByRole('button', { name: 'Install', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Link spam' })).toBeVisible();

  for (const right of ['read its settings', 'put tags on texts', 'hold texts for a moderator']) {
    await expect(page.getByRole('checkbox', { name: right }), 'nothing is granted unasked').not.toBeChecked();
    await page.getByRole('checkbox', { name: right }).check();
  }
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('checkbox', { name: 'read its settings' })).toBeChecked();

  await page.getByRole('tab', { name: 'Settings' }).click();
  await page.getByLabel('Links that a text may have').fill('2');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved.')).toBeVisible();

  await page.getByRole('tab', { name: 'Try it' }).click();
  await page.getByLabel('Write something').fill(LINKS);
  await page.getByRole('button', { name: 'Let it judge' }).click();
  await expect(page.getByRole('tabpanel').getByText('Held', { exact: true })).toBeVisible();
  expect(await accessibilityFaults(page)).toEqual([]);

  await page.getByRole('button', { name: 'Switch on' }).click();
  await expect(page.getByRole('button', { name: 'Switch off' })).toBeVisible();
  const ana = await Person.of(server, 'ana', PASSWORD);
  expect((await ana.comment(video, LINKS)).state).toBe('held');
  expect((await ana.comment(video, 'No link at all.')).state).toBe('shown');

  await page.getByRole('tab', { name: 'Package' }).click();
  await page.locator('input[type="file"]').setInputFiles(file);
  await expect(page.getByText('It asks for the same permissions as before.')).toBeVisible();
  await page.getByRole('button', { name: 'Uninstall' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Uninstall' }).click();
  await expect(page.getByRole('heading', { name: 'No plugins yet' })).toBeVisible();
});
