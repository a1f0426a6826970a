/** The tracker as the stock npm client finds it, which players bundle unchanged; no page needed. */
import { once } from 'node:events';

import { expect, test } from '@playwright/test';
import Client, { type StockPeer } from 'bittorrent-tracker';

import { clip } from './support/clips.ts';
import { FarandoleServer } from './support/server.ts';

interface Shared {
  readonly streamingPlaylists: readonly {
    readonly p2p: { readonly infoHashes: readonly string[]; readonly trackerUrls: readonly string[] };
  }[];
}

interface Counted {
  readonly complete: number;
  readonly incomplete: number;
}

let server: FarandoleServer;
let hashes: readonly string[];
let tracker: string;

test.beforeAll(async () => {
  server = await FarandoleServer.start({ TRANSCODING__RESOLUTIONS: '144' });
  const video = await server.upload(clip('tiny.mp4'), { name: 'Shared by stock clients' });
  const published = (await server.published(video.uuid)) as unknown as Shared;
  const shared = published.streamingPlaylists[0]?.p2p;
  hashes = shared?.infoHashes ?? [];
  tracker = shared?.trackerUrls[0] ?? '';
});

test.afterAll(async () => await server.stop());

/** Clients of one process share a socket per URL: another query gives one of its own. */
function client(name: string, hash: string | undefined, query = `&of=${name}`): Client {
  return new Client({
    infoHash: Buffer.from(hash ?? '', 'latin1'),
    peerId: Buffer.from(`-FR0001-${name.padEnd(12, '-')}`, 'latin1'),
    announce: [`${tracker}${query}`],
    port: 6881,
  });
}

async function heard<T>(from: Client, event: string): Promise<T> {
  const signal = AbortSignal.timeout(20_000);
  const [value] = (await once(from, event, { signal })) as [T];
  return value;
}

/** Waits until a swarm is as its members left it. */
async function emptied(hash: string | undefined): Promise<void> {
  const watcher = client('watcher', hash);
  try {
    await expect
      .poll(async () => {
        const counted = heard<Counted>(watcher, 'scrape');
        watcher.scrape();
        return (await counted).incomplete;
      })
      .toBe(0);
  } finally {
    watcher.destroy();
  }
}

test('two stock clients meet, and an answer comes back to the offer it is for', async () => {
  const alice = client('alice', hashes[0]);
  const bob = client('bob', hashes[0]);
  try {
    const first = heard<Counted>(alice, 'update');
    alice.start();
    expect(await first).toMatchObject({ complete: 0, incomplete: 1 });
    const offered = heard<StockPeer>(alice, 'peer');
    const answered = heard<StockPeer>(bob, 'peer');
    const second = heard<Counted>(bob, 'update');
    bob.start();
    expect(await second).toMatchObject({ complete: 0, incomplete: 2 });
    const [atAlice, atBob] = [await offered, await answered];
    expect(Buffer.from(atAlice.id, 'hex').toString('latin1')).toBe('-FR0001-bob---------');
    expect(Buffer.from(atBob.id, 'hex').toString('latin1')).toBe('-FR0001-alice-------');
    expect(atBob.initiator).toBe(true);
    // Every character of both descriptions came through.
    expect(atAlice._pc.remoteDescription.sdp).toBe(atBob._pc.localDescription.sdp);
    await expect.poll(() => atBob._pc.remoteDescription?.sdp).toBe(atAlice._pc.localDescription.sdp);
  } finally {
    alice.destroy();
    bob.destroy();
  }
  await emptied(hashes[0]);
});

test('a stock client is in two swarms on one socket, and leaves both with it', async () => {
  expect(hashes.length, 'swarms of the video').toBeGreaterThan(1);
  const one = client('one', hashes[0], '&of=both');
  const two = client('two', hashes[1], '&of=both');
  try {
    const both = Promise.all([heard<Counted>(one, 'update'), heard<Counted>(two, 'update')]);
    one.start();
    two.start();
    for (const counted of await both) expect(counted).toMatchObject({ incomplete: 1 });
  } finally {
    one.destroy();
    two.destroy();
  }
  await emptied(hashes[0]);
  await emptied(hashes[1]);
});

test('a stock client is told of a video that is not shared, and keeps its socket', async () => {
  const lost = client('lost', 'UUUUUUUUUUUUUUUUUUUU', '&of=lost');
  const found = client('found', hashes[0], '&of=lost');
  try {
    const warning = heard<Error>(lost, 'warning');
    lost.start();
    expect((await warning).message).toBe('this video is not shared here');
    const counted = heard<Counted>(found, 'update');
    found.start();
    expect(await counted).toMatchObject({ incomplete: 1 });
  } finally {
    lost.destroy();
    found.destroy();
  }
});
