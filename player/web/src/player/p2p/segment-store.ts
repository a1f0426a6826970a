/**
 * Where segments wait to be played and to be given to others. In place of the library's own store,
 * which keeps up to 4 GiB, hands out buffers that hls.js then takes away, drops what was played of
 * a growing video, and offers segments nobody vouches for.
 */
import type { SegmentStorage } from 'p2p-media-loader-core';

interface Segment {
  readonly streamId: string;
  readonly id: number;
  readonly data: ArrayBuffer;
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** Known to be what the channel published, so that peers may have it. */
  vouched: boolean;
}

/** Whether the manifest vouches for a segment; null while nobody can know. */
export type Vouch = (streamId: string, id: number, data: ArrayBuffer) => Promise<boolean | null>;

const BYTES_PER_MEBIBYTE = 1_048_576;

export class SegmentStore implements SegmentStorage {
  readonly #limitBytes: number;
  readonly #vouch: Vouch;
  readonly #segments = new Map<string, Segment>();
  #bytes = 0;
  #position = 0;
  #changed: (streamId: string) => void = () => undefined;

  constructor(limitBytes: number, vouch: Vouch) {
    this.#limitBytes = limitBytes;
    this.#vouch = vouch;
  }

  async initialize(): Promise<void> {}

  onPlaybackUpdated(position: number): void {
    this.#position = position;
  }

  onSegmentRequested(): void {}

  async storeSegment(
    _swarm: string,
    streamId: string,
    id: number,
    data: ArrayBuffer,
    startSeconds: number,
    endSeconds: number,
  ): Promise<void> {
    // A copy: the buffer itself goes to the decoder's worker, and is gone then.
    const segment = { streamId, id, data: data.slice(0), startSeconds, endSeconds, vouched: false };
    this.#remove(keyOf(streamId, id));
    this.#makeRoom(segment.data.byteLength);
    this.#segments.set(keyOf(streamId, id), segment);
    this.#bytes += segment.data.byteLength;
    this.#changed(streamId);
    await this.#check(segment);
  }

  async getSegmentData(_swarm: string, streamId: string, id: number): Promise<ArrayBuffer | undefined> {
    return this.#segments.get(keyOf(streamId, id))?.data.slice(0);
  }

  getUsage(): { totalCapacity: number; usedCapacity: number } {
    let ahead = 0;
    for (const { data, endSeconds } of this.#segments.values()) {
      if (endSeconds >= this.#position) ahead += data.byteLength;
    }
    return {
      totalCapacity: this.#limitBytes / BYTES_PER_MEBIBYTE,
      usedCapacity: ahead / BYTES_PER_MEBIBYTE,
    };
  }

  hasSegment(_swarm: string, streamId: string, id: number): boolean {
    return this.#segments.has(keyOf(streamId, id));
  }

  /** What peers may ask for. */
  getStoredSegmentIds(_swarm: string, streamId: string): number[] {
    return [...this.#segments.values()]
      .filter((segment) => segment.vouched && segment.streamId === streamId)
      .map(({ id }) => id);
  }

  setSegmentChangeCallback(callback: (streamId: string) => void): void {
    this.#changed = callback;
  }

  /** The manifest of a stream holds more now. */
  checkAgain(streamId: string): void {
    for (const segment of this.#segments.values()) {
      if (!segment.vouched && segment.streamId === streamId) void this.#check(segment);
    }
  }

  destroy(): void {
    this.#segments.clear();
    this.#bytes = 0;
  }

  async #check(segment: Segment): Promise<void> {
    const { streamId, id } = segment;
    if ((await this.#vouch(streamId, id, segment.data)) !== true || segment.vouched) return;
    segment.vouched = true;
    if (this.#segments.get(keyOf(streamId, id)) === segment) this.#changed(streamId);
  }

  /** What was played goes first, the longest ago before the rest; then what is furthest ahead. */
  #makeRoom(bytes: number): void {
    if (this.#bytes + bytes <= this.#limitBytes) return;
    const distance = ({ startSeconds, endSeconds }: Segment): number =>
      endSeconds < this.#position ? 1e9 + this.#position - endSeconds : startSeconds - this.#position;
    const order = [...this.#segments.values()].sort((a, b) => distance(b) - distance(a));
    const touched = new Set<string>();
    for (const { streamId, id } of order) {
      if (this.#bytes + bytes <= this.#limitBytes) break;
      this.#remove(keyOf(streamId, id));
      touched.add(streamId);
    }
    for (const streamId of touched) this.#changed(streamId);
  }

  #remove(key: string): void {
    this.#bytes -= this.#segments.get(key)?.data.byteLength ?? 0;
    this.#segments.delete(key);
  }
}

function keyOf(streamId: string, id: number): string {
  return `${streamId}|${id}`;
}

/** Little where little can be spared: bytes for segments, by what the browser tells of the machine. */
export function storeLimitBytes(navigator: { readonly deviceMemory?: number }): number {
  return ((navigator.deviceMemory ?? 8) < 4 ? 64 : 256) * BYTES_PER_MEBIBYTE;
}
