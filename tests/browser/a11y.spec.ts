/**
 * For everybody: no fault that axe finds, nothing out of reach of the keyboard, names that are
 * read aloud, pages that hold at twice their size. Pages that `server-pages` already looks at for
 * their looks are not looked at again.
 */
import type { Page } from '@playwright/test';
import { clip } from './support/clips.ts';
import { expect, test } from './support/fixtures.ts';
import { FarandoleServer, type Uploaded } from './support/server.ts';
import { accessibilityFaults, overhang, signIn } from './support/site.ts';

const ARABIC = 'جولة في الميناء القديم مع الصيادين';
let server: FarandoleServer;
let video: Uploaded;
let secret: Uploaded;

test.beforeAll(async () => {
  test.setTimeout(180_000);
  server = await FarandoleServer.start({ TRANSCODING__PRESET: 'ultrafast', TRANSCODING__RESOLUTIONS: '[240]' });
  await server.user('a_person_with_a_name_as_long_as_names_may_be_here', 'a first password');
  await server.upload(clip('tiny.mp4'), { name: ARABIC });
  secret = await server.upload(clip('tiny.mp4'), { name: 'Behind a password', privacy: 5, passwords: ['sesame'] });
  video = await server.upload(clip('tiny.mp4'), { name: `Donaudampfschifffahrtsgesellschaft${'x'.repeat(80)}` });
  await server.published(video.uuid);
});
test.afterAll(async () => server?.stop());

async function sound(page: Page, what: string): Promise<void> {
  await page.waitForLoadState('networkidle');
  expect(await accessibilityFaults(page), what).toEqual([]);
  expect(await overhang(page), `${what} scrolls sideways`).toBeLessThanOrEqual(0);
}

const at = (path: string) => server.url + path;

for (const [width, colorScheme] of [[360, 'dark'], [1280, 'light']] as const) {
  test.describe(`${width} px, ${colorScheme}`, () => {
    test.use({ viewport: { width, height: 740 }, colorScheme });

    test('pages for everyone hold', async ({ page, allowed }) => {
      allowed.consoleErrors.push(/40[0134]/);
      const paths = ['/c/root_channel', '/a/root', `/w/${video.shortUUID}`, `/w/${secret.shortUUID}`, '/w/none', '/no/page'];
      for (const path of paths) {
        await page.goto(at(path));
        await expect(page.getByRole('heading', { level: 1 }), path).toBeVisible();
        await sound(page, path);
      }
    });

    test('one’s own pages and their dialogs hold', async ({ page }) => {
      test.setTimeout(120_000);
      await signIn(page, server);
      await page.goto(at('/my-account'));
      await sound(page, 'my account');
      for (const [path, button] of [['/my-library/video-channels', 'New channel'], ['/admin/users', 'New user']] as const) {
        await page.goto(at(path));
        await sound(page, path);
        await page.getByRole('button', { name: button }).click();
        await sound(page, button);
      }
      await page.goto(at('/admin/traffic'));
      await sound(page, 'the traffic of the site');
      for (const path of ['/my-account/notifications', '/admin/moderation/audit', '/my-library/moderation/moderators', '/admin/plugins']) {
        await page.goto(at(path));
        await expect(page.getByRole('heading', { level: 1 }), path).toBeVisible();
        await sound(page, path);
      }
      await page.goto(at('/admin/moderation/lists'));
      await page.getByRole('button', { name: 'New list' }).click();
      await sound(page, 'a new list');
      await page.getByLabel('Name of the list').fill(`A list ${width}`);
      await page.getByRole('button', { name: 'Create' }).click();
      await page.getByLabel('Add words').fill('one\ntwo three');
      await page.getByRole('button', { name: 'Add 2' }).click();
      await expect(page.getByText('2 words added.')).toBeVisible();
      await page.getByLabel('Write something').fill('one, and two three');
      await expect(page.locator('aside mark')).toHaveCount(2);
      for (const part of ['Words', 'Rules', 'Exceptions', 'Try it', 'Apply', 'Files']) {
        await page.getByRole('tab', { name: part }).click();
        await sound(page, `a list: ${part}`);
      }
      await page.goto(at('/my-library/videos'));
      await sound(page, 'my videos');
      await page.getByRole('button', { name: /^Delete Behind/ }).click();
      await sound(page, 'the question before deleting');
      await page.goto(at(`/videos/update/${video.shortUUID}`));
      for (const part of ['Captions', 'Chapters', 'Sharing', 'File']) {
        await page.getByRole('tab', { name: part }).click();
        await sound(page, part);
      }
      await page.goto(at(`/w/${video.shortUUID}`));
      await page.getByLabel('Write a comment').fill('A **comment** at 0:01');
      await page.getByRole('button', { name: 'Comment', exact: true }).click();
      await page.getByRole('button', { name: 'Reply to root' }).first().click();
      await sound(page, 'comments and an answer begun');
      for (const button of ['Share', 'Download']) {
        await page.getByRole('button', { name: button }).click();
        await sound(page, button);
        await page.keyboard.press('Escape');
        await expect(page.getByRole('button', { name: button }), 'the focus comes back').toBeFocused();
      }
    });
  });
}

test.describe('at twice the size', () => {
  // What 200 % leaves of a window 1,280 pixels wide.
  test.use({ viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 });

  test('nothing is cut off, letters alone enlarged or everything', async ({ page }) => {
    await signIn(page, server);
    test.setTimeout(120_000);
    const paths = ['/', `/w/${video.shortUUID}`, '/videos/upload', '/my-library/videos', '/my-account', '/admin/users', '/admin/traffic', '/my-account/notifications', '/admin/moderation', '/admin/moderation/lists', '/admin/moderation/audit'];
    for (const path of [...paths, `/videos/update/${video.shortUUID}`]) {
      await page.setViewportSize({ width: 640, height: 400 });
      await page.goto(at(path));
      await page.waitForLoadState('networkidle');
      expect(await overhang(page), `${path} at 200 %`).toBeLessThanOrEqual(0);
      await page.setViewportSize({ width: 1280, height: 800 });
      await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
      expect(await overhang(page), `${path} with large letters`).toBeLessThanOrEqual(0);
    }
  });
});

test('the keyboard reaches everything, sees where it is, and comes back', async ({ page }) => {
  await signIn(page, server);
  await page.goto(at('/my-library/videos'));
  await expect(page.getByRole('heading', { name: ARABIC })).toBeVisible();
  await page.keyboard.press('Tab');
  const skip = page.getByRole('link', { name: 'Skip to content' });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  const names: string[] = [];
  for (let i = 0; i < 12; i++) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement;
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      const name = element.getAttribute('aria-label') ?? element.textContent ?? '';
      return { name: name.trim(), ring: outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2 };
    });
    expect(focused.ring, `${focused.name} shows that it has the focus`).toBe(true);
    names.push(focused.name);
  }
  expect(names.slice(0, 6).map((name) => name.replace(/\s+/g, ' '))).toEqual([
    'farandole',
    'Upload',
    'Notifications',
    'R Account menu of root',
    'Upload',
    'Search by title',
  ]);
  expect(names, 'pictures are not stopped at twice').toHaveLength(new Set(names).size + 2);

  const menu = page.getByRole('button', { name: /Account menu/ });
  await menu.focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'My videos' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(menu).toBeFocused();
  await expect(menu).toHaveAttribute('aria-expanded', 'false');

  await page.goto(at(`/videos/update/${video.shortUUID}`));
  await page.getByRole('tab', { name: 'About' }).focus();
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByRole('tab', { name: 'File' })).toBeFocused();
  await expect(page.getByRole('heading', { name: 'Replace the file' })).toBeVisible();
});

test('what a screen reader says', async ({ page }) => {
  await signIn(page, server);
  await page.goto(at('/my-library/videos'));
  await expect(page.getByRole('banner')).toMatchAriaSnapshot(`
    - banner:
      - link "farandole"
      - navigation "Main":
        - link "Upload"
        - link "Notifications"
        - button /Account menu of root/
  `);
  await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - main:
      - heading "My videos" [level=1]
      - link "Upload"
      - searchbox "Search by title"
      - list:
        - listitem:
          - heading /Donaudampf/ [level=2]:
            - link /Donaudampf/
          - link "Edit"
          - button /Delete Donaudampf/
        - listitem:
          - heading "Behind a password" [level=2]
        - listitem:
          - heading "${ARABIC}" [level=2]
  `);
  await page.goto(at(`/videos/update/${video.shortUUID}`));
  await page.getByRole('tab', { name: 'File' }).click();
  await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - main:
      - heading /Donaudampf/ [level=1]
      - tablist "Parts of the video":
        - tab "About"
        - tab "Captions"
        - tab "Chapters"
        - tab "File" [selected]
      - tabpanel "File":
        - region "Replace the file":
          - heading "Replace the file" [level=2]
          - group "Drop the new file here":
            - button "Choose a file"
  `);
});
