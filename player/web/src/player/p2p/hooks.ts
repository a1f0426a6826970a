/** Settings that our changes to the library add (`p2p-patches.ts`), and how it is set up here. */
import type { CoreConfig, SegmentWithStream } from 'p2p-media-loader-core';

export interface LibraryHooks {
  /** Peers that sent false segments: nothing is taken from them, and they are not connected again. */
  isPeerRefused(peerId: string): boolean;
  /** Whether it is known what the segment must be; else no peer is asked for it. */
  isSegmentExpected(segment: SegmentWithStream): boolean;
  /** A swarm was joined: its name, its info hash, and the id this player has in it. */
  onSwarmJoined(swarm: string, infoHash: string, peerId: string): void;
}

export type LibraryConfig = Partial<CoreConfig> & LibraryHooks;

/** Seconds ahead of the playhead that must not wait for peers: with peers, and without any. */
export const HIGH_DEMAND_SECONDS = { together: 8, alone: 30 } as const;

/**
 * The library's defaults fetch 50 minutes ahead from the server once a peer is there. These are
 * measured: no late segment, and nearly all that peers can give comes from them.
 */
export const TUNING = {
  httpDownloadTimeWindow: 30,
  p2pDownloadTimeWindow: 120,
  highDemandTimeWindow: HIGH_DEMAND_SECONDS.together,
  // `link.ts` ends it sooner (`isPatient`).
  httpDownloadInitialTimeoutMs: 10_000,
  // As patient as hls.js without sharing.
  httpNotReceivingBytesTimeoutMs: 10_000,
} as const satisfies Partial<CoreConfig>;

/** How long segments wait for peers at the beginning: for the first peer, and for what peers bring. */
export const PATIENCE_MS = { alone: 3_000, together: 10_000 } as const;
/** Seconds that are left to play when the wait ends in any case. */
const RESERVE_SECONDS = 2.5;

export interface Beginning {
  readonly elapsedMs: number;
  readonly peers: number;
  /** Buffered ahead of the playhead. */
  readonly bufferedSeconds: number;
  readonly paused: boolean;
}

/** Whether segments may still wait for peers instead of the server: as long as playback does not notice. */
export function isPatient({ elapsedMs, peers, bufferedSeconds, paused }: Beginning): boolean {
  if (elapsedMs >= (peers > 0 ? PATIENCE_MS.together : PATIENCE_MS.alone)) return false;
  return paused || bufferedSeconds >= RESERVE_SECONDS;
}
