/**
 * A plugin: looked at, installed, granted what it asks for, set up, tried, switched on, removed; and
 * one of one's own, from the template to the day it fails.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clip } from './support/clips.ts';
import { Person, UNHURRIED } from './support/comments.ts';
import { expect, test } from './support/fixtures.ts';
import { BINARY, FarandoleServer } from './support/server.ts';
import { accessibilityFaults, overhang, signIn } from './support/site.ts';

const PASSWORD = 'a first password';
const PLUGINS = join(import.meta.dirname, '../../plugins');
const LINKS = 'https://a.example https://b.example https://c.example';
let server: FarandoleServer;
/** Where plugins are written. */
let work: string;

/** The sample, packed as its author packs it; with `log`, a later version that asks for more. */
function packed(log = false): string {
  const folder = mkdtempSync(join(work, 'sample-'));
  copyFileSync(join(PLUGINS, 'samples/link-spam/plugin.toml'), join(folder, 'plugin.toml'));
  copyFileSync(join(PLUGINS, 'fixtures/link-spam.wasm'), join(folder, 'made.wasm'));
  if (log) {
    change(join(folder, 'plugin.toml'), '1.0.0', '1.1.0');
    change(join(folder, 'plugin.toml'), 'config = true', 'config = true\nlog = true');
  }
  const script = '#!/bin/sh\nmkdir -p build && cp made.wasm build/plugin.wasm\n';
  writeFileSync(join(folder, 'build.sh'), script, { mode: 0o755 });
  execFileSync(BINARY, ['plugin', 'build', folder]);
  return join(folder, `build/link-spam-${log ? '1.1.0' : '1.0.0'}.wasm`);
}

/** Runs `farandole plugin`, and returns what it says. */
const farandole = (cwd: string, ...args: string[]): string =>
  execFileSync(BINARY, ['plugin', ...args], { cwd, encoding: 'utf8' });

/** Lays a plugin out from the template. */
function written(name: string): string {
  farandole(work, 'new', name);
  const folder = join(work, name);
  // The compiler that the template asks npm for.
  mkdirSync(join(folder, 'node_modules'));
  for (const used of ['assemblyscript', '.bin']) {
    symlinkSync(join(import.meta.dirname, 'node_modules', used), join(folder, 'node_modules', used));
  }
  return folder;
}

/** Puts something else into a file. */
function change(file: string, find: string, put: string): void {
  const before = readFileSync(file, 'utf8');
  expect(before).toContain(find);
  writeFileSync(file, before.replace(find, put));
}

test.beforeAll(async () => {
  test.setTimeout(180_000);
  work = mkdtempSync(join(tmpdir(), 'farandole-plugin-'));
  server = await FarandoleServer.start({
    ...UNHURRIED,
    TRANSCODING__PRESET: 'ultrafast',
    TRANSCODING__RESOLUTIONS: '[240]',
    // Packages lie on this machine.
    PLUGINS__NETWORKS: '["127.0.0.0/8"]',
  });
  await server.user('ana', PASSWORD);
});
test.afterAll(async () => {
  rmSync(work, { recursive: true, force: true });
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

test('a plugin is written from the template, works, misbehaves, and is switched off', async ({ page }) => {
  test.setTimeout(180_000);
  const folder = written('shouting');
  farandole(folder, 'build');
  expect(farandole(folder, 'test')).toContain('3 as expected, 0 not');

  const video = await server.upload(clip('short.mp4'), { name: 'A walk in the hills' });
  await server.published(video.uuid);
  await signIn(page, server);
  await page.goto(`${server.url}/admin/plugins`);
  await page.getByLabel('Package').setInputFiles(join(folder, 'build/shouting-0.1.0.wasm'));
  await page.getByRole('button', { name: 'Install', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'shouting' })).toBeVisible();
  for (const right of ['read its settings', 'hold texts for a moderator']) {
    await page.getByRole('checkbox', { name: right }).check();
  }
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('tab', { name: 'Try it' }).click();
  await page.getByLabel('Write something').fill('Look at this!!!!');
  await page.getByRole('button', { name: 'Let it judge' }).click();
  await expect(page.getByRole('tabpanel').getByText('Held', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Switch on' }).click();
  await expect(page.getByRole('button', { name: 'Switch off' })).toBeVisible();
  const ana = await Person.of(server, 'ana', PASSWORD);
  expect((await ana.comment(video, 'Lovely!!!!')).state).toBe('held');
  expect((await ana.comment(video, 'Lovely.')).state).toBe('shown');

  await page.getByRole('button', { name: 'Start the trial' }).click();
  const found = page.getByRole('region', { name: 'What was found' });
  await expect(found.getByRole('listitem').filter({ hasText: 'Lovely!!!!' })).toBeVisible();
  await expect(found.getByRole('listitem')).toHaveCount(1);

  // The next version never comes to an end with some texts.
  change(join(folder, 'plugin.toml'), '0.1.0', '0.2.0');
  const code = join(folder, 'assembly/index.ts');
  change(code, 'let marks = 0;', 'let marks = 0;\n  while (text.includes("storm")) marks++;');
  farandole(folder, 'build');
  await page.getByRole('tab', { name: 'Package' }).click();
  await page.locator('input[type="file"]').setInputFiles(join(folder, 'build/shouting-0.2.0.wasm'));
  await page.getByRole('button', { name: 'Update', exact: true }).click();
  await expect(page.getByText('shouting 0.2.0 is in its place.')).toBeVisible();
  expect((await ana.comment(video, 'Calm.')).state).toBe('shown');
  for (const place of ['Brest', 'Calais', 'Dieppe', 'Nantes', 'Royan']) {
    const { state } = await ana.comment(video, `A storm over ${place}.`);
    expect(state, `what it could not judge of ${place} waits`).toBe('held');
  }
  await expect.poll(async () => (await ana.comment(video, 'Another storm.')).state).toBe('shown');

  await page.reload();
  await expect(page.getByText('shouting failed again and again and was switched off.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Switch on' })).toBeVisible();
  await page.getByRole('tab', { name: 'Log' }).click();
  await page.getByLabel('Failures only').check();
  await expect(page.getByRole('tabpanel').getByRole('listitem')).toHaveCount(5);
  await page.goto(`${server.url}/my-account/notifications`);
  await expect(page.getByText('The plugin shouting failed and was switched off.')).toBeVisible();
  await page.goto(`${server.url}/admin/moderation`);
  await expect(page.getByText('A storm over Royan.').first()).toBeVisible();
});

test('a plugin comes from an address with its checksum, and so does its next version', async ({ page, allowed }) => {
  allowed.consoleErrors.push(/400.*packages\/fetch/);
  const files = new Map([packed(), packed(true)].map((file, i) => [`/${i}.wasm`, readFileSync(file)]));
  const shelf = createServer((request, answer) => {
    const file = files.get(request.url ?? '');
    answer.writeHead(file ? 200 : 404).end(file);
  });
  await new Promise<void>((done) => shelf.listen(0, '127.0.0.1', done));
  const at = (i: number) => `http://127.0.0.1:${(shelf.address() as AddressInfo).port}/${i}.wasm`;
  const sum = (i: number) => createHash('sha256').update(files.get(`/${i}.wasm`) ?? '').digest('hex');
  const ask = async (url: string, sha256: string) => {
    await page.getByLabel('From an address').check();
    await page.getByLabel('Address of the package').fill(url);
    await page.getByLabel('SHA-256').fill(sha256);
    await page.getByRole('button', { name: 'See what it is' }).click();
  };

  await signIn(page, server);
  await page.goto(`${server.url}/admin/plugins`);
  await page.getByLabel('From an address').check();
  await page.getByLabel('SHA-256').fill('beef');
  await expect(page.getByText('A SHA-256 has 64 digits')).toBeVisible();
  await ask(at(0), sum(1));
  await expect(page.getByRole('alert'), 'another file than was promised').toContainText(sum(0));
  await ask(at(7), sum(0));
  await expect(page.getByRole('alert')).toContainText('404');
  await ask(at(0), sum(0).toUpperCase());
  const install = page.getByRole('region', { name: 'Install a plugin' });
  await expect(install.getByRole('listitem').filter({ hasText: 'read its settings' })).toBeVisible();
  await expect(install.getByRole('listitem')).toHaveCount(3);
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.setViewportSize({ width: 360, height: 740 });
  expect(await overhang(page)).toBeLessThanOrEqual(0);
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByRole('button', { name: 'Install', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Link spam' })).toBeVisible();
  await expect(page.getByRole('checkbox', { name: 'read its settings' })).not.toBeChecked();

  await page.getByRole('tab', { name: 'Package' }).click();
  await ask(at(1), sum(1));
  await expect(page.getByText('It asks for other permissions than before:')).toBeVisible();
  await expect(page.getByRole('listitem').filter({ hasText: 'write into its log' })).toContainText('+');
  await page.getByRole('button', { name: 'Update', exact: true }).click();
  await expect(page.getByText('link-spam 1.1.0 is in its place.')).toBeVisible();
  await page.getByRole('tab', { name: 'Permissions' }).click();
  await expect(page.getByRole('checkbox', { name: 'write into its log' })).not.toBeChecked();
  shelf.close();
});
