/** Manifests for tests, made and signed with the runtime's own WebCrypto. */

export const VIDEO = '11111111-2222-4333-8444-555555555555';
export const SET = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee';

export interface Signer {
  /** In base64, as the API gives it. */
  readonly publicKey: string;
  sign(message: Uint8Array<ArrayBuffer>): Promise<Uint8Array>;
}

export async function newSigner(): Promise<Signer> {
  const pair = (await crypto.subtle.generateKey({ name: 'Ed25519' }, true, ['sign', 'verify'])) as CryptoKeyPair;
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  return {
    publicKey: btoa(String.fromCharCode(...raw)),
    sign: async (message) =>
      new Uint8Array(await crypto.subtle.sign({ name: 'Ed25519' }, pair.privateKey, message)),
  };
}

export async function sha256(data: ArrayBuffer | Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', data));
}

export interface BlockChange {
  readonly video?: string;
  readonly set?: string;
  readonly name?: string;
  readonly first?: number;
  readonly complete?: boolean;
  readonly previous?: Uint8Array;
}

/** The blocks of a manifest of `segments`; `change` spoils the block it is given for. */
export async function blocksOf(
  signer: Signer,
  segments: readonly Uint8Array<ArrayBuffer>[],
  { complete = true, change = {} as Record<number, BlockChange> } = {},
): Promise<Uint8Array<ArrayBuffer>[]> {
  const blocks: Uint8Array<ArrayBuffer>[] = [];
  let previous: Uint8Array = new Uint8Array(32);
  for (let first = 0; first < segments.length; first += 64) {
    const hashes = await Promise.all(segments.slice(first, first + 64).map((segment) => sha256(segment)));
    const last = first + 64 >= segments.length;
    const block = await blockOf(signer, hashes, {
      first,
      complete: complete && last,
      previous,
      ...change[blocks.length],
    });
    blocks.push(block);
    previous = await sha256(block);
  }
  return blocks;
}

async function blockOf(
  signer: Signer,
  hashes: readonly Uint8Array[],
  { video = VIDEO, set = SET, name = '720', first = 0, complete = false, previous = new Uint8Array(32) }: BlockChange,
): Promise<Uint8Array<ArrayBuffer>> {
  const number = (value: number, length: number): number[] =>
    Array.from({ length }, (_, i) => Math.floor(value / 256 ** (length - 1 - i)) % 256);
  const signed = joined([
    new TextEncoder().encode('FSM1'),
    bytesOf(video),
    bytesOf(set),
    [name.length],
    new TextEncoder().encode(name),
    number(first, 4),
    number(hashes.length, 2),
    [complete ? 1 : 0],
    previous,
    ...hashes,
  ]);
  return joined([signed, await signer.sign(signed)]);
}

export function joined(pieces: readonly ArrayLike<number>[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(pieces.flatMap((piece) => Array.from(piece)));
}

function bytesOf(uuid: string): number[] {
  return (uuid.replaceAll('-', '').match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
}

/** `count` different segments. */
export function someSegments(count: number): Uint8Array<ArrayBuffer>[] {
  return Array.from({ length: count }, (_, i) => Uint8Array.from([i & 255, i >> 8, 7, 7, 7]));
}
