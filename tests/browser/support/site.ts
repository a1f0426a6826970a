/** What tests do on the site's pages. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
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
