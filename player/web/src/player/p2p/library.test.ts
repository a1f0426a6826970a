/** The library as our bundle has it: published files with the changes of `p2p-patches.ts`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Core, type SegmentWithStream, type StreamWithSegments } from 'p2p-media-loader-core';
import { HlsJsP2PEngine } from 'p2p-media-loader-hlsjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PATCHES, patched } from '../../../../p2p-patches';
import { HttpRequestExecutor } from '../../../../node_modules/p2p-media-loader-core/lib/http-loader.js';
import {
  deserializeSimilarIntArray,
  serializeSimilarIntArray,
} from '../../../../node_modules/p2p-media-loader-core/lib/p2p/commands/binary-serialization.js';
import { Peer } from '../../../../node_modules/p2p-media-loader-core/lib/p2p/peer.js';
import { P2PTrackerClient } from '../../../../node_modules/p2p-media-loader-core/lib/p2p/tracker-client.js';
// @ts-expect-error: published without types
import WebSocketTracker from '../../../../node_modules/bittorrent-tracker/lib/client/websocket-tracker.js';
import { RequestsContainer } from '../../../../node_modules/p2p-media-loader-core/lib/requests/request-container.js';
import { BandwidthCalculator } from '../../../../node_modules/p2p-media-loader-core/lib/bandwidth-calculator.js';
import { EventTarget } from '../../../../node_modules/p2p-media-loader-core/lib/utils/event-target.js';

const MODULES = join(import.meta.dirname, '../../../../node_modules');

describe('the changes', () => {
  it('are of the versions they were written for', () => {
    const versions = ['p2p-media-loader-core', 'p2p-media-loader-hlsjs', 'bittorrent-tracker'].map(
      (name) => (JSON.parse(readFileSync(join(MODULES, name, 'package.json'), 'utf8')) as { version: string }).version,
    );
    expect(versions).toEqual(['2.3.1', '2.3.1', '11.2.3']);
  });

  it('find their text in every published file', () => {
    for (const { file } of PATCHES) {
      const path = join(MODULES, file);
      expect(patched(path, readFileSync(path, 'utf8'))).not.toBeNull();
    }
  });

  it('stop the build when a text is gone', () => {
    const path = join(MODULES, PATCHES[0]!.file);
    expect(() => patched(path, 'something else')).toThrow('0 times');
    expect(patched(join(MODULES, 'hls.js/dist/hls.mjs'), 'something else')).toBeNull();
  });
});

it('256 consecutive ids were written as none (p2p-media-loader 2.3.1)', () => {
  for (const count of [1, 255, 256, 257, 1000]) {
    const ids = Array.from({ length: count }, (_, i) => BigInt(i));
    const { numbers } = deserializeSimilarIntArray(serializeSimilarIntArray(ids));
    expect([...numbers].sort((a, b) => Number(a - b)), `${count} ids`).toEqual(ids);
  }
});

describe('a byte range', () => {
  const RANGE = { start: 100, end: 107 };
  const GOOD = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]);
  const segment = {
    runtimeId: 'v.mp4|100-107',
    externalId: 3,
    url: 'https://here.example/v.mp4',
    byteRange: RANGE,
    startTime: 12,
    endTime: 16,
    stream: { runtimeId: 'v.m3u8', type: 'main', index: 'i' } as unknown as StreamWithSegments,
  } as SegmentWithStream;
  let asked: string[];

  beforeEach(() => {
    asked = [];
    vi.stubGlobal('fetch', (request: Request) => {
      const range = request.headers.get('range') ?? '';
      asked.push(range);
      const [from, to] = range.replace('bytes=', '').split('-').map(Number) as [number, number];
      const body = GOOD.slice(from - RANGE.start, to - RANGE.start + 1);
      const headers = { 'Content-Range': `bytes ${from}-${to}/1000`, 'Content-Length': String(body.length) };
      return Promise.resolve(new Response(body, { status: 206, headers }));
    });
  });
  afterEach(() => vi.unstubAllGlobals());

  function newRequest() {
    const bandwidth = { all: new BandwidthCalculator(), http: new BandwidthCalculator() };
    const events = new EventTarget();
    const requests = new RequestsContainer(() => undefined, bandwidth, { position: 0, rate: 1 }, Core.DEFAULT_STREAM_CONFIG, events as never);
    const request = requests.getOrCreateRequest(segment);
    const http = (): Promise<void> => {
      new HttpRequestExecutor(request, { httpNotReceivingBytesTimeoutMs: 1_000 } as never, events as never).execute();
      return vi.waitFor(() => expect(request.status).not.toBe('loading'));
    };
    const peer = (bytes: Uint8Array) => {
      const controls = request.start({ downloadSource: 'p2p', peerId: 'false' }, { abort: () => undefined });
      controls.addLoadedChunk(bytes);
      return controls;
    };
    return { request, http, peer };
  }

  it('could not be fetched from the server after a peer sent a false one (p2p-media-loader 2.3.1)', async () => {
    const { request, http, peer } = newRequest();
    const controls = peer(new Uint8Array(8));
    request.clearLoadedBytes();
    controls.abortOnError(new Error('p2p-segment-validation-failed') as never);
    await http();
    expect(request.status).toBe('succeed');
    expect(new Uint8Array(request.data)).toEqual(GOOD);
    expect(asked).toEqual(['bytes=100-107']);
  });

  it('was completed by the server from what a peer had begun, unchecked (p2p-media-loader 2.3.1)', async () => {
    const { request, http, peer } = newRequest();
    peer(Uint8Array.from([9, 9, 9]));
    request.abortFromProcessQueue();
    await http();
    expect(new Uint8Array(request.data)).toEqual(GOOD);
    expect(asked).toEqual(['bytes=100-107']);
  });
});

describe('a refused peer', () => {
  const ID = '-PM0203-falsefalse01';
  const stream = { runtimeId: 'v.m3u8', type: 'main', index: 'i' } as unknown as StreamWithSegments;
  const segment = { externalId: 3, stream } as SegmentWithStream;
  const hooks = { isPeerRefused: vi.fn(), isSegmentExpected: vi.fn(), onSwarmJoined: vi.fn() };
  const config = { ...Core.DEFAULT_STREAM_CONFIG, ...hooks };
  const connection = () => ({
    id: [...ID].map((letter) => letter.charCodeAt(0).toString(16)).join(''),
    on: vi.fn(),
    destroy: vi.fn(),
  });

  it('is asked for nothing, and nobody is for a segment whose hash is not known', () => {
    const peer = new Peer(connection() as never, {} as never, config, 'main', new EventTarget() as never);
    (peer as unknown as { loadedSegments: Set<number> }).loadedSegments = new Set([3]);
    expect(peer.getSegmentStatus(segment)).toBe('loaded');
    hooks.isSegmentExpected.mockReturnValueOnce(false);
    expect(peer.getSegmentStatus(segment)).toBeUndefined();
    hooks.isPeerRefused.mockReturnValueOnce(true);
    expect(peer.getSegmentStatus(segment)).toBeUndefined();
    expect(hooks.isPeerRefused).toHaveBeenCalledWith(ID);
  });

  it('is not connected again, and reports know the swarm', () => {
    const client = new P2PTrackerClient('v2-s-main-i', stream, {} as never, config, new EventTarget() as never);
    const [swarm, infoHash, peerId] = hooks.onSwarmJoined.mock.lastCall as [string, string, string];
    expect([swarm, infoHash.length, peerId.length]).toEqual(['v2-s-main-i', 20, 20]);
    const meet = (client as unknown as { onReceivePeerConnection(peer: object): void }).onReceivePeerConnection;
    const refused = connection();
    hooks.isPeerRefused.mockReturnValueOnce(true);
    meet(refused);
    expect(refused.destroy).toHaveBeenCalled();
    const welcome = connection();
    meet(welcome);
    expect(welcome.destroy).not.toHaveBeenCalled();
    client.destroy();
  });
});

it('a tracker client that was ended while it waited to reconnect came back (bittorrent-tracker 11.2.3)', () => {
  vi.useFakeTimers();
  const back = vi.fn();
  const ended = Object.assign(Object.create(WebSocketTracker.prototype as object) as { destroy(): void }, {
    destroyed: true,
    reconnectTimer: setTimeout(back, 10_000),
  });
  ended.destroy();
  vi.advanceTimersByTime(20_000);
  expect(back).not.toHaveBeenCalled();
  vi.useRealTimers();
});

it('knows no tracker and no STUN server by itself', () => {
  const { announceTrackers, rtcConfig } = Core.DEFAULT_STREAM_CONFIG;
  expect([announceTrackers, rtcConfig.iceServers]).toEqual([[], []]);
});

it('keeps the parts that are told what hls.js knows already', () => {
  const inside = new HlsJsP2PEngine() as unknown as Record<string, unknown>;
  for (const name of ['handleManifestLoaded', 'handleLevelUpdated', 'handleLevelSwitching']) {
    expect(typeof inside[name], name).toBe('function');
  }
  expect(inside['core']).toBeInstanceOf(Core);
});
