/**
 * What every test stands on: a page that may not break the content policy, ask another
 * host for anything, or log an error without failing the test.
 */
import { test as base, expect, type Page } from '@playwright/test';

/** Complaints a test expects, because it provokes them. */
export interface Allowed {
  /** Matches console errors that belong to the test. */
  consoleErrors: RegExp[];
}

export const test = base.extend<{ allowed: Allowed }>({
  allowed: async ({}, use) => use({ consoleErrors: [] }),
  page: async ({ page, allowed }, use) => {
    const complaints = await watch(page, allowed);
    await use(page);
    expect(complaints, 'policy violations, foreign requests and errors').toEqual([]);
  },
});

export { expect };

/** Collects everything a clean page must not do. Also for pages a test opens itself. */
export async function watch(page: Page, allowed: Allowed): Promise<string[]> {
  const complaints: string[] = [];
  await page.exposeFunction('__violation', (text: string) => complaints.push(`policy: ${text}`));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const report = (window as unknown as { __violation(text: string): void }).__violation;
      report(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile ?? ''}`);
    });
  });
  page.on('console', (message) => {
    if (message.type() !== 'error') return;
    const text = `${message.text()} ${message.location().url}`;
    if (!allowed.consoleErrors.some((pattern) => pattern.test(text))) complaints.push(`console: ${text}`);
  });
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    const local = ['127.0.0.1', 'localhost'].includes(url.hostname);
    if (url.protocol.startsWith('http') && !local) complaints.push(`foreign: ${url.href}`);
  });
  return complaints;
}
