/** What tests do on the site's pages. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import { type FarandoleServer, ROOT_PASSWORD } from './server.ts';

/** Logs in the way a person does. */
export async function logIn(page: Page, server: FarandoleServer): Promise<void> {
  await page.goto(`${server.url}/login`);
  await page.getByLabel('User name').fill('root');
  await page.getByLabel('Password').fill(ROOT_PASSWORD);
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page).toHaveURL(`${server.url}/`);
}

/** Signs somebody in without the form: the tokens stand where the site keeps them. */
export async function signIn(
  page: Page,
  server: FarandoleServer,
  username = 'root',
  password = ROOT_PASSWORD,
): Promise<void> {
  const tokens = await server.tokens(username, password);
  await page.goto(`${server.url}/about`);
  await page.evaluate((tokens) => {
    const expiresAt = Date.now() + (tokens.expires_in - 60) * 1000;
    const kept = { access: tokens.access_token, refresh: tokens.refresh_token, expiresAt };
    localStorage.setItem('farandole.tokens', JSON.stringify(kept));
  }, tokens);
}

/** What axe finds on the page as it stands; serious or not. `except`: rules that do not apply. */
export async function accessibilityFaults(page: Page, except: readonly string[] = []): Promise<string[]> {
  const found = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .disableRules([...except])
    .analyze();
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join('; ')}`);
}

/** How many pixels of the page lie beyond its right edge. */
export async function overhang(page: Page): Promise<number> {
  return await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** Drops a file onto the upload page, as from a file manager. */
export async function dropFile(page: Page, file: string): Promise<void> {
  const bytes = readFileSync(file).toString('base64');
  const transfer = await page.evaluateHandle(
    ({ bytes, name }) => {
      const data = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
      const transfer = new DataTransfer();
      transfer.items.add(new File([data], name, { type: 'video/mp4' }));
      return transfer;
    },
    { bytes, name: basename(file) },
  );
  const zone = page.getByRole('group', { name: /Drop/ });
  await zone.dispatchEvent('dragover', { dataTransfer: transfer });
  await zone.dispatchEvent('drop', { dataTransfer: transfer });
}
