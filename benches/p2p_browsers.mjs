#!/usr/bin/env node
/**
 * What share of a video's bytes do viewers in Chromium get from each other?
 *
 *     benches/p2p_browsers.mjs BASE_URL VIDEO_UUID COUNT [SPREAD_SECONDS]
 *
 * COUNT browser profiles open the embedded player one after the other, at most SPREAD_SECONDS
 * apart, and watch to the end. Prints one JSON line: shares by the players' own figures, stalls,
 * and the median time to the first picture with sharing on and off. `p2p.py` starts it.
 */
import { createRequire } from 'node:module';

const require = createRequire(new URL('../tests/browser/package.json', import.meta.url));
const { chromium } = require('@playwright/test');

const [base, video, count, spread = '3'] = process.argv.slice(2);
const address = `${base}/videos/embed/${video}?autoplay=1&muted=1`;

/** Runs in the page before its own scripts: answers the question, and notes stalls. */
function prepare(answer) {
  if (location.protocol.startsWith('http')) localStorage.setItem('farandole.p2p', answer);
  window.__seen = { opened: performance.now(), first: 0, stalls: 0 };
  const seen = window.__seen;
  const listen = (media) => {
    media.addEventListener('timeupdate', () => (seen.first ||= media.currentTime > 0 ? performance.now() : 0));
    media.addEventListener('waiting', () => (seen.stalls += seen.first > 0 && !media.seeking ? 1 : 0));
  };
  const own = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (options) {
    const root = own.call(this, options);
    new MutationObserver(() => {
      const media = root.querySelector('video:not([data-seen])');
      if (media) {
        media.dataset.seen = '';
        listen(media);
      }
    }).observe(root, { childList: true, subtree: true });
    return root;
  };
}

async function open(browser, answer) {
  const context = await browser.newContext({ viewport: { width: 640, height: 360 } });
  const page = await context.newPage();
  await page.addInitScript(prepare, answer);
  await page.goto(address);
  await page.waitForFunction(() => window.__seen.first > 0, undefined, { timeout: 60_000 });
  return { context, page };
}

const seenOf = (page) => page.evaluate(() => window.__seen);
const startOf = (seen) => seen.first - seen.opened;
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

/** What the panel of the player says. */
async function figures(page) {
  await page.locator('farandole-player, body').first().hover();
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByRole('menuitem', { name: 'Sharing in figures' }).click();
  const read = async (name) => Number(await page.locator(`[data-figure="${name}"]`).getAttribute('data-value'));
  return { fromPeers: await read('fromPeers'), fromServer: await read('fromServer') };
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--autoplay-policy=no-user-gesture-required'],
});
try {
  const alone = [];
  for (let i = 0; i < 3; i += 1) {
    const viewer = await open(browser, 'no');
    alone.push(startOf(await seenOf(viewer.page)));
    await viewer.context.close();
  }
  const viewers = [];
  for (let i = 0; i < Number(count); i += 1) {
    if (i > 0) await new Promise((done) => setTimeout(done, Number(spread) * 1000));
    viewers.push(await open(browser, 'yes'));
  }
  for (const { page } of viewers) {
    await page.waitForFunction(
      () => {
        const find = (root) => {
          const here = root.querySelector('video');
          if (here) return here;
          for (const element of root.querySelectorAll('*')) {
            const inside = element.shadowRoot && find(element.shadowRoot);
            if (inside) return inside;
          }
          return null;
        };
        return find(document)?.ended === true;
      },
      undefined,
      { timeout: 600_000, polling: 500 },
    );
  }
  const seen = await Promise.all(viewers.map(({ page }) => seenOf(page)));
  const all = [];
  for (const { page } of viewers) all.push(await figures(page));
  const sum = (name) => all.reduce((total, one) => total + one[name], 0);
  const [fromPeers, fromServer] = [sum('fromPeers'), sum('fromServer')];
  console.log(
    JSON.stringify({
      ratio: fromPeers / (fromPeers + fromServer),
      stalls: seen.reduce((total, one) => total + one.stalls, 0),
      startMs: Math.round(median(seen.map(startOf))),
      startAloneMs: Math.round(median(alone)),
    }),
  );
} finally {
  await browser.close();
}
