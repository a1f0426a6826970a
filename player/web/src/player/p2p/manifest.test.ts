// @vitest-environment node
import { beforeAll, describe, expect, it } from 'vitest';
import { openCrypto } from './crypto';
import { ManifestFault, readManifest, type SegmentCrypto } from './manifest';
import { blocksOf, joined, newSigner, SET, sha256, someSegments, VIDEO, type BlockChange, type Signer } from './test-manifest';

const IDENTITY = { video: VIDEO, set: SET, name: '720' };
const SEGMENTS = someSegments(130);

let signer: Signer;
let crypto: SegmentCrypto;

beforeAll(async () => {
  signer = await newSigner();
  crypto = (await openCrypto(signer.publicKey))!;
});

const read = (bytes: Uint8Array<ArrayBuffer>, identity = IDENTITY, by = crypto) =>
  readManifest(bytes, identity, by);

describe('readManifest', () => {
  it('reads the hashes of every block', async () => {
    const manifest = await read(joined(await blocksOf(signer, SEGMENTS)));
    expect(manifest.complete).toBe(true);
    expect(manifest.hashes).toHaveLength(130);
    expect(manifest.hashes[129]).toEqual(await sha256(SEGMENTS[129]!));
  });

  it('reads one that still grows, and one without a segment yet', async () => {
    const growing = joined(await blocksOf(signer, SEGMENTS.slice(0, 70), { complete: false }));
    expect(await read(growing)).toMatchObject({ complete: false });
    expect(await read(new Uint8Array())).toEqual({ hashes: [], complete: false });
  });

  it('believes nothing when a single byte is different', async () => {
    const [block] = await blocksOf(signer, SEGMENTS.slice(0, 2));
    for (let at = 0; at < block!.length; at += 1) {
      const spoilt = block!.slice();
      spoilt[at]! ^= 1;
      await expect(read(spoilt), `byte ${at}`).rejects.toThrow(ManifestFault);
    }
  });

  it.each<[string, Record<number, BlockChange>]>([
    ['of another video', { 0: { video: SET } }],
    ['of another generation', { 1: { set: VIDEO } }],
    ['of another rendition', { 1: { name: '360' } }],
    ['with a gap', { 1: { first: 65 } }],
    ['that goes on after its end', { 1: { complete: true } }],
    ['with a chain that is broken', { 1: { previous: new Uint8Array(32) } }],
  ])('refuses a signed one %s', async (_, change) => {
    await expect(read(joined(await blocksOf(signer, SEGMENTS, { change })))).rejects.toThrow(ManifestFault);
  });

  it('refuses one that another key signed', async () => {
    const foreign = joined(await blocksOf(await newSigner(), SEGMENTS));
    await expect(read(foreign)).rejects.toThrow('signature');
  });

  it('refuses blocks taken out, swapped or cut off', async () => {
    const [a, b, c] = (await blocksOf(signer, SEGMENTS)) as [Block, Block, Block];
    for (const pieces of [[b, c], [a, c], [b, a, c], [a, b, c.slice(0, -1)], [a, a]]) {
      await expect(read(joined(pieces))).rejects.toThrow(ManifestFault);
    }
    await expect(read(new Uint8Array(1_000_001))).rejects.toThrow('too long');
  });
});

type Block = Uint8Array<ArrayBuffer>;

describe('openCrypto', () => {
  /** A browser that has `crypto.subtle` without Ed25519. */
  const withoutEd25519 = {
    digest: globalThis.crypto.subtle.digest.bind(globalThis.crypto.subtle),
    importKey: () => Promise.reject(new DOMException('unknown', 'NotSupportedError')),
  } as unknown as SubtleCrypto;

  it.each([
    ['the bundled verifier', withoutEd25519],
    ['nothing of the browser, as over plain http', undefined],
  ])('checks the same with %s', async (_, subtle) => {
    const by = await openCrypto(signer.publicKey, subtle as SubtleCrypto);
    const whole = joined(await blocksOf(signer, SEGMENTS));
    expect((await read(whole, IDENTITY, by!)).hashes).toHaveLength(130);
    const spoilt = whole.slice();
    spoilt[200]! ^= 1;
    await expect(read(spoilt, IDENTITY, by!)).rejects.toThrow(ManifestFault);
    expect(await by!.sha256(SEGMENTS[3]!)).toEqual(await sha256(SEGMENTS[3]!));
  });

  it('has nothing for what is no key', async () => {
    expect(await openCrypto('c2hvcnQ=')).toBeNull();
    expect(await openCrypto('not base64 ,')).toBeNull();
  });
});
