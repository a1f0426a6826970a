import { Events } from 'hls.js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PlayerVideo } from '../types';
import type { Link, LinkFacts } from './link';
import { Sharing, type Source } from './sharing';

const TERMS = {
  policy: 'ask',
  swarmId: 'c0ffee',
  publicKey: 'AAAA',
  trackerUrls: ['wss://here.example/tracker/socket'],
  stunUrls: [],
  minViewers: 1,
  reportUrl: '/report',
} as const;

const VIDEO = {
  id: 'u-1',
  playlistUrl: 'https://here.example/m.m3u8',
  access: {},
  sharing: TERMS,
} as unknown as PlayerVideo;

/** The part of hls.js that is listened to. */
class FakeHls {
  readonly handlers = new Map<string, () => void>();
  on(event: string, handler: () => void): void {
    this.handlers.set(event, handler);
  }
}

let media: HTMLVideoElement;
let sent: Record<string, unknown>[];
let kept: Map<string, string>;
let links: { facts: LinkFacts; setUpload: ReturnType<typeof vi.fn>; close: ReturnType<typeof vi.fn> }[];
let openable: boolean;
let sharing: Sharing;

beforeEach(() => {
  vi.useFakeTimers();
  media = document.createElement('video');
  sent = [];
  kept = new Map();
  links = [];
  openable = true;
  vi.stubGlobal('RTCPeerConnection', class {});
  vi.stubGlobal('fetch', (_url: string, init: { body: string }) => {
    sent.push(JSON.parse(init.body) as Record<string, unknown>);
    return Promise.resolve(new Response());
  });
  sharing = newSharing();
});
afterEach(() => {
  sharing.destroy();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function newSharing(): Sharing {
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
  return new Sharing(media, storage, { changed: () => undefined, resolution: () => 720 }, (facts) => {
    const link = { facts, setUpload: vi.fn(), close: vi.fn(), peers: 2, loader: class {} };
    if (openable) links.push(link);
    return Promise.resolve(openable ? (link as unknown as Link) : null);
  });
}

function play(video: PlayerVideo = VIDEO) {
  const hls = new FakeHls();
  const loadWith = vi.fn();
  const hold = vi.fn();
  sharing.describe(video);
  sharing.opened({ hls: hls as never, master: () => ({}) as never, hold, loadWith } satisfies Source);
  media.dispatchEvent(new Event('play'));
  hls.handlers.get(Events.FRAG_BUFFERED)?.();
  return { hls, loadWith, hold };
}

const settled = () => vi.advanceTimersByTimeAsync(0);

describe('the question', () => {
  it('is asked at first play, and playback waits for nothing', async () => {
    sharing.describe(VIDEO);
    expect(sharing.asking).toBe(false);
    play();
    expect(sharing.asking).toBe(true);
    await settled();
    expect(links).toHaveLength(0);
  });

  it('is not asked again once it was answered, here or in the account', () => {
    sharing.account = 'yes';
    play();
    expect(sharing.asking).toBe(false);
    sharing.account = null;
    expect(sharing.asking).toBe(true);
    sharing.answer('no');
    expect(sharing.asking).toBe(false);
    sharing.destroy();
    sharing = newSharing();
    play();
    expect(sharing.asking).toBe(false);
  });

  it('is not asked where nothing could be shared', () => {
    vi.stubGlobal('RTCPeerConnection', undefined);
    play();
    expect([sharing.asking, sharing.able]).toEqual([false, false]);
    vi.stubGlobal('RTCPeerConnection', class {});
    play({ ...VIDEO, id: 'u-2', sharing: null });
    expect([sharing.asking, sharing.offered]).toEqual([false, false]);
  });
});

describe('sharing', () => {
  it('joins playback when all agree, and leaves it playing when switched off', async () => {
    const { loadWith } = play();
    sharing.answer('yes');
    await settled();
    expect(links).toHaveLength(1);
    expect(loadWith).toHaveBeenCalledTimes(1);
    expect(sharing.running).toBe(true);
    sharing.answer('no');
    expect(links[0]?.close).toHaveBeenCalled();
    expect(loadWith).toHaveBeenLastCalledWith(null);
    sharing.answer('yes');
    await settled();
    expect(links).toHaveLength(2);
  });

  it('does not begin before playback has its first segment', async () => {
    kept.set('farandole.p2p', 'yes');
    sharing.destroy();
    sharing = newSharing();
    const hls = new FakeHls();
    sharing.describe(VIDEO);
    sharing.opened({ hls: hls as never, master: () => ({}) as never, hold: vi.fn(), loadWith: vi.fn() });
    media.dispatchEvent(new Event('play'));
    await settled();
    expect(links).toHaveLength(0);
    hls.handlers.get(Events.FRAG_BUFFERED)?.();
    await settled();
    expect(links).toHaveLength(1);
  });

  it('ends with its source and begins with the next', async () => {
    sharing.answer('yes');
    play();
    await settled();
    sharing.closed();
    expect(links[0]?.close).toHaveBeenCalled();
    play();
    await settled();
    expect(links).toHaveLength(2);
  });

  it('closes what opened too late', async () => {
    play();
    sharing.answer('yes');
    sharing.answer('no');
    await settled();
    expect(links[0]?.close).toHaveBeenCalled();
    expect(sharing.running).toBe(false);
  });

  it('keeps the buffer short until it has begun, and in no case for long', async () => {
    kept.set('farandole.p2p', 'yes');
    sharing.destroy();
    sharing = newSharing();
    const { hold } = play();
    expect(hold.mock.calls).toEqual([[true]]);
    await settled();
    expect(hold.mock.calls).toEqual([[true], [false]]);
    const hls = new FakeHls();
    const stuck = vi.fn();
    sharing.opened({ hls: hls as never, master: () => null, hold: stuck, loadWith: vi.fn() });
    media.dispatchEvent(new Event('play'));
    await vi.advanceTimersByTimeAsync(4_000);
    expect(stuck.mock.calls).toEqual([[true], [false]]);
    sharing.answer('no');
    const off = play();
    expect(off.hold).not.toHaveBeenCalledWith(true);
  });

  it('sends nothing from a hidden tab, and goes on when it is seen again', async () => {
    const seen = vi.spyOn(document, 'visibilityState', 'get');
    sharing.answer('yes');
    play();
    await settled();
    for (const state of ['hidden', 'visible'] as const) {
      seen.mockReturnValue(state);
      document.dispatchEvent(new Event('visibilitychange'));
    }
    expect(links[0]?.setUpload.mock.calls).toEqual([[true], [false], [true]]);
    seen.mockReturnValue('hidden');
    sharing.answer('no');
    sharing.answer('yes');
    await settled();
    expect([links[1]?.facts.mayUpload, sharing.held]).toEqual([false, true]);
    seen.mockRestore();
  });

  it('gives up where manifests cannot be checked', async () => {
    openable = false;
    play();
    sharing.answer('yes');
    await settled();
    expect([sharing.running, sharing.able]).toEqual([false, false]);
  });
});

describe('reports', () => {
  it('tell what came since the last one, every 15 seconds and at the end', async () => {
    play();
    sharing.tally.add('fromServer', 5);
    sharing.answer('yes');
    await settled();
    sharing.tally.add('fromPeers', 100);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(sent).toEqual([
      {
        playerMode: 'p2p-media-loader',
        p2pEnabled: true,
        p2pPeers: 2,
        downloadedBytesP2P: 100,
        downloadedBytesHTTP: 5,
        uploadedBytesP2P: 0,
        videoId: 'u-1',
        resolution: 720,
        resolutionChanges: 0,
        errors: 0,
      },
    ]);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(sent).toHaveLength(1);
    sharing.tally.add('uploaded', 7);
    sharing.answer('no');
    expect(sent[1]).toMatchObject({ downloadedBytesP2P: 0, uploadedBytesP2P: 7 });
  });

  it('are not sent by players that do not share', async () => {
    play();
    sharing.tally.add('fromServer', 5);
    await vi.advanceTimersByTimeAsync(60_000);
    sharing.destroy();
    expect(sent).toEqual([]);
  });
});
