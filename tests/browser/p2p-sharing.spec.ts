/** Viewers of one video bring it to each other: how much, and what those see who do not take part. */
import { clip } from './support/clips.ts';
import { expect, test } from './support/fixtures.ts';
import { mediaState, playedTo, watchStalls } from './support/player.ts';
import { FarandoleServer, type Uploaded } from './support/server.ts';
import { type Figures, Viewer, type ViewerSetup } from './support/sharing.ts';

let server: FarandoleServer;
let video: Uploaded;

test.beforeAll(async () => {
  test.setTimeout(180_000);
  server = await FarandoleServer.start({ TRANSCODING__PRESET: 'ultrafast', P2P__POLICY: 'on' });
  video = await server.upload(clip('shared.mp4'), { name: 'For everybody' });
  await server.published(video.uuid);
});
test.afterAll(async () => server?.stop());

interface Traffic {
  readonly total: { readonly httpBytes: number; readonly p2pBytes: number; readonly uploadedBytes: number };
}

async function traffic(): Promise<Traffic['total']> {
  return ((await (await server.api(`/videos/${video.uuid}/stats/traffic`)).json()) as Traffic).total;
}

const embed = (query = ''): string => `${server.url}/videos/embed/${video.uuid}?autoplay=1&muted=1${query}`;

const sum = (figures: readonly Figures[], name: keyof Figures): number =>
  figures.reduce((total, one) => total + one[name], 0);

/** The same, but for loads that were given up on their way. */
const near = (a: number, b: number): boolean => Math.abs(a - b) <= 0.02 * Math.max(a, b);

test('three viewers get nine tenths of what they can from each other, and all count the same', async ({ browser }) => {
  test.setTimeout(240_000);
  const before = await traffic();
  const viewers: Viewer[] = [];
  const stalls: (() => Promise<object[]>)[] = [];
  for (let i = 0; i < 3; i += 1) {
    const viewer = await Viewer.open(browser);
    viewers.push(viewer);
    await viewer.page.goto(embed());
    await playedTo(viewer.page, 0.2);
    stalls.push(await watchStalls(viewer.page));
    await viewer.hurry(2);
  }
  for (const { page } of viewers) {
    await expect.poll(async () => (await mediaState(page)).ended, { timeout: 150_000 }).toBe(true);
  }
  const figures = await Promise.all(viewers.map((viewer) => viewer.figures()));
  const connections = await Promise.all(viewers.map((viewer) => viewer.connections()));
  test.info().annotations.push({ type: 'figures', description: JSON.stringify(figures) });
  const fromPeers = sum(figures, 'fromPeers');
  const share = fromPeers / (fromPeers + sum(figures, 'fromServer'));
  console.log(`${(100 * share).toFixed(1)} % came from peers`, JSON.stringify(figures));
  expect(share).toBeGreaterThanOrEqual(0.9 * (2 / 3));
  expect(near(sum(figures, 'uploaded'), fromPeers)).toBe(true);
  expect((await Promise.all(stalls.map((read) => read()))).flat()).toEqual([]);
  // Nobody outside is asked for anything.
  expect(connections.map(({ servers }) => servers)).toEqual([0, 0, 0]);
  for (const viewer of viewers) {
    expect(new Set(viewer.sockets.map((address) => new URL(address).host))).toEqual(new Set([new URL(server.url).host]));
    await viewer.close();
  }

  // The server hears of it within seconds of the last page being left.
  const counted = async (): Promise<boolean> => near((await traffic()).p2pBytes - before.p2pBytes, fromPeers);
  await expect.poll(counted, { timeout: 20_000 }).toBe(true);
  const after = await traffic();
  const sent = { http: after.httpBytes - before.httpBytes, uploaded: after.uploadedBytes - before.uploadedBytes };
  // A load that is given up when a peer delivers first was sent, and is nobody's.
  const got = sum(figures, 'fromServer');
  expect(sent.http, 'what the server sent').toBeGreaterThan(0.98 * got);
  expect(sent.http, 'what the server sent').toBeLessThan(1.05 * got);
  expect(near(sent.uploaded, sum(figures, 'uploaded')), `the server heard of ${sent.uploaded}`).toBe(true);
});

test('a viewer who declined gets everything from the server and connects to nobody', async ({ browser }) => {
  const sharing = await Viewer.open(browser);
  await sharing.page.goto(embed());
  await playedTo(sharing.page, 3);
  expect(sharing.openSockets).toBe(1);
  const viewer = await Viewer.open(browser, { answer: 'no' });
  await viewer.page.goto(embed('&start=145'));
  await expect.poll(async () => (await mediaState(viewer.page)).ended, { timeout: 60_000 }).toBe(true);
  expect(await viewer.connections()).toEqual({ made: 0, open: 0, servers: 0 });
  expect(viewer.sockets).toEqual([]);
  expect(viewer.scripts.filter((address) => /\/link-/.test(address))).toEqual([]);
  await viewer.close();
  await sharing.close();
});

const WITHOUT: readonly (readonly [string, ViewerSetup])[] = [
  ['without WebRTC', { withoutWebRtc: true }],
  ['without a tracker', { withoutTracker: true }],
];
for (const [name, setup] of WITHOUT) {
  test(`playback is the same ${name}`, async ({ browser }) => {
    const viewer = await Viewer.open(browser, setup, { consoleErrors: [/WebSocket/] });
    await viewer.page.goto(embed('&start=140'));
    await playedTo(viewer.page, 140.2);
    const stalls = await watchStalls(viewer.page);
    await expect.poll(async () => (await mediaState(viewer.page)).ended, { timeout: 60_000 }).toBe(true);
    expect(await stalls()).toEqual([]);
    await viewer.close();
  });
}
