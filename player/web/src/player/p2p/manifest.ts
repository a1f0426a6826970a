/**
 * What must each segment of a rendition be? Reads the signed manifest that lies beside the
 * playlist, and believes it only as a whole: every block's signature, the chain from block to
 * block, the video, the generation and the rendition. Fetches nothing (`integrity.ts`).
 *
 * A manifest is a row of blocks, integers big-endian: `FSM1`, the video's UUID, the generation's,
 * the rendition's name behind its length, the index of the first segment (u32), the number of
 * hashes (u16), flags (bit 0: nothing follows), the SHA-256 of the block before (zeros at first),
 * the hashes, and an Ed25519 signature over everything before it in the block.
 */

export interface Identity {
  /** UUID of the video. */
  readonly video: string;
  /** UUID of the generation. */
  readonly set: string;
  /** Name of the rendition. */
  readonly name: string;
}

/** What checking needs; `crypto.ts` brings it. */
export interface SegmentCrypto {
  sha256(data: ArrayBuffer | Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>;
  /** Whether the channel's key made `signature` over `message`. */
  verify(signature: Uint8Array<ArrayBuffer>, message: Uint8Array<ArrayBuffer>): Promise<boolean>;
}

export interface Manifest {
  /** SHA-256 of each segment, from the first one on. */
  readonly hashes: readonly Uint8Array[];
  /** No segment follows. */
  readonly complete: boolean;
}

/** Why a manifest is not believed; for the console of a developer, not for viewers. */
export class ManifestFault extends Error {}

const MAGIC = [0x46, 0x53, 0x4d, 0x31];
const HASH_BYTES = 32;
const SIGNATURE_BYTES = 64;
const BLOCK_HASHES = 64;
/** Twelve hours of two-second segments, with room. */
export const MAX_MANIFEST_BYTES = 1_000_000;

/** Reads a whole manifest. Throws a `ManifestFault` unless all of it is true. */
export async function readManifest(
  bytes: Uint8Array<ArrayBuffer>,
  identity: Identity,
  crypto: SegmentCrypto,
): Promise<Manifest> {
  if (bytes.length > MAX_MANIFEST_BYTES) throw new ManifestFault('too long');
  const hashes: Uint8Array[] = [];
  let previous: Uint8Array = new Uint8Array(HASH_BYTES);
  let complete = false;
  for (let at = 0; at < bytes.length; ) {
    if (complete || hashes.length % BLOCK_HASHES !== 0) throw new ManifestFault('a block after the last');
    const block = readBlock(bytes, at);
    if (!isOf(block, identity)) throw new ManifestFault('it is of another rendition');
    if (block.first !== hashes.length) throw new ManifestFault('a gap between blocks');
    if (!equal(block.previous, previous)) throw new ManifestFault('the chain is broken');
    const signature = bytes.slice(block.signedEnd, block.end);
    if (!(await crypto.verify(signature, bytes.slice(at, block.signedEnd)))) {
      throw new ManifestFault('a signature is false');
    }
    hashes.push(...block.hashes);
    complete = block.complete;
    previous = await crypto.sha256(bytes.slice(at, block.end));
    at = block.end;
  }
  return { hashes, complete };
}

interface Block {
  readonly video: Uint8Array;
  readonly set: Uint8Array;
  readonly name: Uint8Array;
  readonly first: number;
  readonly complete: boolean;
  readonly previous: Uint8Array;
  readonly hashes: readonly Uint8Array[];
  /** Position behind the last signed byte. */
  readonly signedEnd: number;
  readonly end: number;
}

function readBlock(bytes: Uint8Array<ArrayBuffer>, start: number): Block {
  let at = start;
  const take = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw new ManifestFault('it ends in the middle of a block');
    at += length;
    return bytes.slice(at - length, at);
  };
  const number = (length: number): number => take(length).reduce((sum, byte) => sum * 256 + byte, 0);
  if (!equal(take(MAGIC.length), MAGIC)) throw new ManifestFault('it is no manifest');
  const video = take(16);
  const set = take(16);
  const name = take(number(1));
  const first = number(4);
  const count = number(2);
  if (count < 1 || count > BLOCK_HASHES) throw new ManifestFault('an empty or overlong block');
  const flags = number(1);
  const previous = take(HASH_BYTES);
  const hashes = Array.from({ length: count }, () => take(HASH_BYTES));
  const signedEnd = at;
  take(SIGNATURE_BYTES);
  return { video, set, name, first, complete: (flags & 1) === 1, previous, hashes, signedEnd, end: at };
}

function isOf(block: Block, { video, set, name }: Identity): boolean {
  return (
    equal(block.video, uuidBytes(video)) &&
    equal(block.set, uuidBytes(set)) &&
    equal(block.name, new TextEncoder().encode(name))
  );
}

function uuidBytes(uuid: string): Uint8Array {
  const digits = uuid.replace(/-/g, '').match(/../g) ?? [];
  return Uint8Array.from(digits, (pair) => Number.parseInt(pair, 16));
}

export function equal(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
}
