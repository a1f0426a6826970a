// @vitest-environment node
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openCrypto } from './crypto';
import { Integrity } from './integrity';
import { blocksOf, joined, newSigner, SET, someSegments, VIDEO, type Signer } from './test-manifest';

const FOLDER = 'https://here.example/static/hls/v';
const PLAYLIST = `${FOLDER}/${SET}-720.m3u8`;
const SEGMENTS = someSegments(70);

let signer: Signer;
let served: Uint8Array<ArrayBuffer> | null;
let asked: [string, Record<string, string>][];
let learned: string[];
let nowMs: number;

beforeEach(async () => {
  signer ??= await newSigner();
  served = null;
  asked = [];
  learned = [];
  nowMs = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  vi.stubGlobal('fetch', (url: string, init: { headers: Record<string, string> }) => {
    asked.push([url, init.headers]);
    return Promise.resolve(served === null ? new Response('', { status: 404 }) : new Response(served));
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

async function integrity(bearer?: string): Promise<Integrity> {
  return new Integrity({
    crypto: (await openCrypto(signer.publicKey))!,
    video: VIDEO,
    masterUrl: `${FOLDER}/${SET}-master.m3u8`,
    access: () => (bearer === undefined ? {} : { bearer }),
    learned: (playlist) => learned.push(playlist),
  });
}

const settled = () => new Promise((done) => setTimeout(done, 30));
const bytes = (index: number) => SEGMENTS[index]!.slice().buffer;

it('expects nothing before it has read the manifest, and tells good from bad then', async () => {
  served = joined(await blocksOf(signer, SEGMENTS));
  const one = await integrity();
  expect(one.expects(PLAYLIST, 69)).toBe(false);
  expect(await one.vouches(PLAYLIST, 69, bytes(69))).toBeNull();
  await vi.waitFor(() => expect(learned).toEqual([PLAYLIST]));
  expect(one.expects(PLAYLIST, 69)).toBe(true);
  expect(await one.vouches(PLAYLIST, 69, bytes(69))).toBe(true);
  expect(await one.vouches(PLAYLIST, 69, bytes(68))).toBe(false);
  expect(asked).toEqual([[`${FOLDER}/${SET}-720.manifest`, {}]]);
});

it('asks again while the rendition grows, not all the time, and not once it is complete', async () => {
  served = joined(await blocksOf(signer, SEGMENTS.slice(0, 3), { complete: false }));
  const one = await integrity();
  one.expects(PLAYLIST, 3);
  await vi.waitFor(() => expect(one.expects(PLAYLIST, 2)).toBe(true));
  expect(one.expects(PLAYLIST, 3)).toBe(false);
  expect(asked).toHaveLength(1);
  served = joined(await blocksOf(signer, SEGMENTS));
  nowMs = 4_000;
  one.expects(PLAYLIST, 3);
  await vi.waitFor(() => expect(one.expects(PLAYLIST, 3)).toBe(true));
  nowMs = 100_000;
  expect(one.expects(PLAYLIST, 70)).toBe(false);
  expect(asked).toHaveLength(2);
});

it('takes nothing back for an older copy', async () => {
  served = joined(await blocksOf(signer, SEGMENTS.slice(0, 5), { complete: false }));
  const one = await integrity();
  one.expects(PLAYLIST, 5);
  await vi.waitFor(() => expect(one.expects(PLAYLIST, 4)).toBe(true));
  served = joined(await blocksOf(signer, SEGMENTS.slice(0, 2), { complete: false }));
  nowMs = 4_000;
  one.expects(PLAYLIST, 5);
  await settled();
  expect(one.expects(PLAYLIST, 4)).toBe(true);
});

it('believes no manifest of another key or another generation, and asks seldom for one it cannot have', async () => {
  served = joined(await blocksOf(await newSigner(), SEGMENTS));
  const one = await integrity();
  one.expects(PLAYLIST, 0);
  await settled();
  nowMs = 20_000;
  expect(one.expects(PLAYLIST, 0)).toBe(false);
  await settled();
  expect(asked).toHaveLength(1);
  const other = `${FOLDER}/${VIDEO}-720.m3u8`;
  one.expects(other, 0);
  await settled();
  expect(asked).toHaveLength(1);
});

it('shows the viewer’s right to a video that is not public', async () => {
  const one = await integrity('secret');
  one.expects(PLAYLIST, 0);
  await settled();
  expect(asked[0]?.[1]).toEqual({ Authorization: 'Bearer secret' });
});
