/**
 * Tells the server how much sharing carried (`POST /api/v1/metrics/playback`, PeerTube's shape).
 * Only players that share send it; it holds sums of bytes, and nobody's name or address.
 */
import { authorizationHeaders } from '../access';
import type { Access } from '../types';
import type { Figures } from './tally';

const EVERY_MS = 15_000;

export interface Report extends Figures {
  /** Shorter side of the picture, in pixels. */
  readonly resolution: number | null;
  readonly resolutionChanges: number;
  readonly errors: number;
}

export interface ReportFacts {
  readonly videoId: string;
  access(): Access;
  /** Figures since the last call. */
  take(): Report;
}

/** Sends a report every 15 seconds until `stop`, and what is left then and when the page is left. */
export class Reports {
  readonly #facts: ReportFacts;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #left = (): void => this.#send();

  constructor(facts: ReportFacts) {
    this.#facts = facts;
    this.#timer = setInterval(() => this.#send(), EVERY_MS);
    window.addEventListener('pagehide', this.#left);
  }

  stop(): void {
    clearInterval(this.#timer);
    window.removeEventListener('pagehide', this.#left);
    this.#send();
  }

  #send(): void {
    const { peers, fromPeers, fromServer, uploaded, resolution, ...rest } = this.#facts.take();
    if (fromPeers + fromServer + uploaded === 0) return;
    const body = {
      playerMode: 'p2p-media-loader',
      p2pEnabled: true,
      p2pPeers: peers,
      downloadedBytesP2P: fromPeers,
      downloadedBytesHTTP: fromServer,
      uploadedBytesP2P: uploaded,
      videoId: this.#facts.videoId,
      ...(resolution === null ? {} : { resolution }),
      ...rest,
    };
    void post('/api/v1/metrics/playback', body, this.#facts.access());
  }
}

/** A segment that was not what the channel published, and who sent it. */
export interface BadSegment {
  readonly infoHash: string;
  /** The id this player has in the swarm. */
  readonly peerId: string;
  readonly badPeerId: string;
}

export async function reportBadSegment(url: string, bad: BadSegment, access: Access): Promise<void> {
  await post(url, bad, access);
}

/** A report that is lost is lost: nobody is bothered with it. */
async function post(url: string, body: object, access: Access): Promise<void> {
  const sameOrigin = new URL(url, location.href).origin === location.origin;
  await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...(sameOrigin ? authorizationHeaders(access) : {}) },
    body: JSON.stringify(body),
    keepalive: true,
  }).catch(() => undefined);
}
