/**
 * Is this segment what the channel published? Fetches the signed manifests of the renditions that
 * are played, asks again while they grow, and compares hashes. What a manifest does not list yet is
 * neither taken from a peer nor offered to one.
 */
import { authorize } from '../access';
import type { Access } from '../types';
import { equal, MAX_MANIFEST_BYTES, readManifest, type Manifest, type SegmentCrypto } from './manifest';

export interface IntegrityFacts {
  readonly crypto: SegmentCrypto;
  /** UUID of the video. */
  readonly video: string;
  /** Address of the master playlist, from the API: it names the generation. */
  readonly masterUrl: string;
  access(): Access;
  /** More is known of a rendition now. */
  learned(playlist: string): void;
}

interface Known {
  manifest: Manifest | null;
  asking: boolean;
  /** Not to be asked before, by `performance.now()`. */
  nextMs: number;
}

/** Pauses between two questions: for a manifest that should hold more, and for one that was not had. */
const AGAIN_MS = { more: 4_000, failed: 30_000 } as const;
const UUID_LENGTH = 36;

export class Integrity {
  readonly #facts: IntegrityFacts;
  readonly #set: string;
  readonly #known = new Map<string, Known>();

  constructor(facts: IntegrityFacts) {
    this.#facts = facts;
    this.#set = fileName(facts.masterUrl).slice(0, UUID_LENGTH);
  }

  /** Whether it is known what segment `index` of a playlist must be; asks when it is not. */
  expects(playlist: string, index: number): boolean {
    const known = this.#of(playlist);
    if (known.manifest?.hashes[index] !== undefined) return true;
    if (known.manifest?.complete !== true) void this.#ask(playlist, known);
    return false;
  }

  /** Whether `data` is segment `index`; null while nobody can know. */
  async vouches(playlist: string, index: number, data: ArrayBuffer): Promise<boolean | null> {
    if (!this.expects(playlist, index)) return null;
    const expected = this.#of(playlist).manifest?.hashes[index];
    return expected === undefined ? null : equal(await this.#facts.crypto.sha256(data), expected);
  }

  #of(playlist: string): Known {
    const known = this.#known.get(playlist) ?? { manifest: null, asking: false, nextMs: 0 };
    this.#known.set(playlist, known);
    return known;
  }

  async #ask(playlist: string, known: Known): Promise<void> {
    if (known.asking || performance.now() < known.nextMs) return;
    known.asking = true;
    let pauseMs: number = AGAIN_MS.failed;
    try {
      const manifest = await this.#fetch(playlist);
      // An older copy from some cache takes nothing back.
      if (manifest !== null && manifest.hashes.length >= (known.manifest?.hashes.length ?? 0)) {
        known.manifest = manifest;
        pauseMs = AGAIN_MS.more;
        this.#facts.learned(playlist);
      }
    } catch {
      // Away, or not to be believed: this rendition comes from the server until that changes.
    } finally {
      known.asking = false;
      known.nextMs = performance.now() + pauseMs;
    }
  }

  async #fetch(playlist: string): Promise<Manifest | null> {
    const file = fileName(playlist);
    if (!file.startsWith(`${this.#set}-`) || !file.endsWith('.m3u8')) return null;
    const name = file.slice(UUID_LENGTH + 1, -'.m3u8'.length);
    const address = new URL(playlist);
    address.pathname = address.pathname.replace(/\.m3u8$/, '.manifest');
    const request = authorize(address.href, this.#facts.masterUrl, this.#facts.access());
    const response = await fetch(request.url, { headers: request.headers, cache: 'no-cache' });
    if (!response.ok || Number(response.headers.get('content-length') ?? 0) > MAX_MANIFEST_BYTES) return null;
    const bytes = new Uint8Array(await response.arrayBuffer());
    const { crypto, video } = this.#facts;
    return await readManifest(bytes, { video, set: this.#set, name }, crypto);
  }
}

function fileName(url: string): string {
  return new URL(url).pathname.split('/').at(-1) ?? '';
}
