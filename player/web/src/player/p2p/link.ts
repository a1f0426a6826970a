/**
 * Sharing itself: the library, tied to an hls.js that plays already. This file and what it imports
 * are a chunk of their own, loaded when somebody shares; nothing before it opens a connection.
 *
 * hls.js is there first, so that the start of playback is the same with and without sharing; the
 * library is told what it missed.
 */
import { Events, type FragmentLoaderConstructor, type HlsConfig, type ManifestLoadedData } from 'hls.js';
import type Hls from 'hls.js';
import type { Core, SegmentErrorDetails, SegmentWithStream } from 'p2p-media-loader-core';
import { HlsJsP2PEngine } from 'p2p-media-loader-hlsjs';
import { authorize } from '../access';
import type { Access, SharingTerms } from '../types';
import { openCrypto } from './crypto';
import { HIGH_DEMAND_SECONDS, isPatient, TUNING, type LibraryConfig } from './hooks';
import { Integrity } from './integrity';
import { reportBadSegment } from './reports';
import { SegmentStore, storeLimitBytes } from './segment-store';
import { sharingLoader } from './sharing-loader';
import type { Tally } from './tally';

export interface LinkFacts {
  readonly hls: Hls;
  /** What hls.js read of the master playlist. */
  readonly master: ManifestLoadedData;
  readonly terms: SharingTerms;
  /** UUID of the video. */
  readonly video: string;
  /** Absolute address of the master playlist. */
  readonly masterUrl: string;
  readonly tally: Tally;
  readonly mayUpload: boolean;
  /** What is left to play, and whether it plays. */
  playback(): { readonly bufferedSeconds: number; readonly paused: boolean };
  access(): Access;
  /** The number of peers has changed. */
  peersChanged(): void;
}

/** What the library's hls.js part keeps to itself. Its version is pinned; `library.test.ts` watches it. */
interface Inside {
  readonly core: Core;
  handleManifestLoaded(event: string, data: ManifestLoadedData): void;
  handleLevelUpdated(event: string, data: object): void;
  handleLevelSwitching(event: string, data: { bitrate: number }): void;
}

/** Where a segment belongs. */
interface Place {
  readonly playlist: string;
  readonly index: number;
  readonly swarm: string;
}

/** Time without peers after which nothing waits for them any more. */
const ALONE_AFTER_MS = 6_000;
const WAIT_STEP_MS = 200;

export class Link {
  /** For `hls.config.fLoader`. */
  readonly loader: FragmentLoaderConstructor;
  readonly #facts: LinkFacts;
  readonly #engine: HlsJsP2PEngine;
  readonly #integrity: Integrity;
  readonly #store: SegmentStore;
  readonly #peers = new Set<string>();
  readonly #refused = new Set<string>();
  readonly #places = new Map<string, Place>();
  /** Names of swarms, by playlist; and what the library calls itself in them. */
  readonly #swarms = new Map<string, string>();
  readonly #ids = new Map<string, { infoHash: string; peerId: string }>();
  readonly #feed = (): void => this.#tellEngine();
  #alone: ReturnType<typeof setTimeout> | null = null;
  readonly #beganMs = performance.now();
  #patience: ReturnType<typeof setInterval> | null = null;

  /** Null when the manifest's signatures cannot be checked here: then nothing is shared. */
  static async open(facts: LinkFacts): Promise<Link | null> {
    const crypto = await openCrypto(facts.terms.publicKey);
    if (crypto === null) return null;
    const integrity = new Integrity({
      crypto,
      video: facts.video,
      masterUrl: facts.masterUrl,
      access: facts.access,
      learned: (playlist) => link.#learned(playlist),
    });
    const link: Link = new Link(facts, integrity);
    return link;
  }

  private constructor(facts: LinkFacts, integrity: Integrity) {
    this.#facts = facts;
    this.#integrity = integrity;
    this.#store = new SegmentStore(storeLimitBytes(navigator as { readonly deviceMemory?: number }), async (swarm, id, data) => {
      const playlist = [...this.#swarms].find(([, name]) => name === swarm)?.[0];
      return playlist === undefined ? null : await integrity.vouches(playlist, id, data);
    });
    const core: LibraryConfig = this.#config();
    this.#engine = new HlsJsP2PEngine({ core });
    this.#listen();
    const { hls } = facts;
    this.#engine.bindHls(hls);
    const { fLoader, pLoader } = this.#engine.getConfigForHlsJs() as {
      fLoader: FragmentLoaderConstructor;
      pLoader: new (config: HlsConfig) => { destroy(): void };
    };
    // Made once: that is when the library begins to listen to hls.js.
    new pLoader(hls.config).destroy();
    this.loader = sharingLoader(fLoader);
    this.#tellEngine();
    // A new decoder, or another `<video>`: the library has forgotten everything.
    hls.on(Events.MEDIA_ATTACHED, this.#feed);
    this.#countPeers();
    this.#patience = setInterval(() => this.#wait(), WAIT_STEP_MS);
  }

  get peers(): number {
    return this.#peers.size;
  }

  setUpload(may: boolean): void {
    this.#engine.applyDynamicConfig({ core: { isP2PUploadDisabled: !may } });
  }

  /** Closes every connection, the tracker's too. What was being loaded goes on from the server. */
  close(): void {
    if (this.#alone !== null) clearTimeout(this.#alone);
    if (this.#patience !== null) clearInterval(this.#patience);
    this.#facts.hls.off(Events.MEDIA_ATTACHED, this.#feed);
    this.#engine.destroy();
    this.#peers.clear();
  }

  #config(): LibraryConfig {
    const { terms, mayUpload } = this.#facts;
    return {
      ...TUNING,
      isP2PUploadDisabled: !mayUpload,
      swarmId: terms.swarmId,
      announceTrackers: [...terms.trackerUrls],
      // Never the library's own: those belong to third parties.
      rtcConfig: { iceServers: terms.stunUrls.map((urls) => ({ urls })) },
      customSegmentStorageFactory: () => this.#store,
      httpRequestSetup: (url, _range, signal, range) => this.#request(url, signal, range),
      validateP2PSegment: async (url, range, data) => {
        const place = this.#places.get(placeKey(url, range));
        return place !== undefined && (await this.#integrity.vouches(place.playlist, place.index, data)) === true;
      },
      isPeerRefused: (peerId) => this.#refused.has(peerId),
      isSegmentExpected: (segment) => this.#expects(segment),
      onSwarmJoined: (swarm, infoHash, peerId) => void this.#ids.set(swarm, { infoHash, peerId }),
    };
  }

  async #request(
    url: string,
    signal: AbortSignal,
    range: { readonly start: number; readonly end?: number } | undefined,
  ): Promise<Request> {
    const request = authorize(url, this.#facts.masterUrl, this.#facts.access());
    const headers = new Headers(request.headers);
    if (range !== undefined) headers.set('Range', `bytes=${range.start}-${range.end ?? ''}`);
    return new Request(request.url, { headers, signal });
  }

  #expects({ stream, externalId, url, byteRange }: SegmentWithStream): boolean {
    if (!this.#integrity.expects(stream.runtimeId, externalId)) return false;
    const swarm = this.#swarms.get(stream.runtimeId);
    if (swarm === undefined) return false;
    this.#places.set(placeKey(url, byteRange), { playlist: stream.runtimeId, index: externalId, swarm });
    return true;
  }

  #listen(): void {
    const { tally } = this.#facts;
    const engine = this.#engine;
    engine.addEventListener('onChunkDownloaded', (bytes, source) => {
      tally.add(source === 'p2p' ? 'fromPeers' : 'fromServer', bytes);
    });
    engine.addEventListener('onChunkUploaded', (bytes) => tally.add('uploaded', bytes));
    engine.addEventListener('onPeerConnect', ({ peerId }) => {
      this.#peers.add(peerId);
      this.#countPeers();
    });
    engine.addEventListener('onPeerClose', ({ peerId }) => {
      if (this.#peers.delete(peerId)) this.#countPeers();
    });
    engine.addEventListener('onSegmentError', (details) => this.#segmentFailed(details));
  }

  /** Refuses and reports who sent a false segment. The library has forgotten its bytes by then. */
  #segmentFailed({ error, peerId, segment }: SegmentErrorDetails): void {
    if (error.type !== 'p2p-segment-validation-failed' || peerId === undefined) return;
    this.#refused.add(peerId);
    const place = this.#places.get(placeKey(segment.url, segment.byteRange));
    const own = place === undefined ? undefined : this.#ids.get(place.swarm);
    if (own === undefined) return;
    const { terms, access } = this.#facts;
    void reportBadSegment(terms.reportUrl, { ...own, badPeerId: peerId }, access());
  }

  /** Nobody waits for peers that are not there. */
  #countPeers(): void {
    if (this.#alone !== null) clearTimeout(this.#alone);
    this.#alone = null;
    if (this.#peers.size > 0) this.#demand(HIGH_DEMAND_SECONDS.together);
    else this.#alone = setTimeout(() => this.#demand(HIGH_DEMAND_SECONDS.alone), ALONE_AFTER_MS);
    this.#facts.peersChanged();
  }

  /** At the beginning segments wait for peers; here that ends. */
  #wait(): void {
    const elapsedMs = performance.now() - this.#beganMs;
    if (isPatient({ elapsedMs, peers: this.#peers.size, ...this.#facts.playback() })) return;
    if (this.#patience !== null) clearInterval(this.#patience);
    this.#patience = null;
    this.#engine.applyDynamicConfig({ core: { httpDownloadInitialTimeoutMs: 0 } });
    this.#hurry();
  }

  /** Has the library look at once at what is to be loaded. */
  #hurry(): void {
    const { core } = this.#engine as unknown as Inside;
    for (const playlist of this.#swarms.keys()) core.updateStream(playlist);
  }

  #demand(seconds: number): void {
    this.#engine.applyDynamicConfig({ core: { highDemandTimeWindow: seconds } });
  }

  #learned(playlist: string): void {
    const swarm = this.#swarms.get(playlist);
    if (swarm !== undefined) this.#store.checkAgain(swarm);
  }

  /** Tells the library what hls.js knows already. */
  #tellEngine(): void {
    const { hls, master, terms } = this.#facts;
    const inside = this.#engine as unknown as Inside;
    inside.handleManifestLoaded(Events.MANIFEST_LOADED, master);
    for (const { url } of [...master.levels, ...master.audioTracks]) {
      const stream = inside.core.getStream(url);
      if (stream !== undefined) this.#swarms.set(url, `v2-${terms.swarmId}-${stream.type}-${stream.index}`);
    }
    for (const { details } of [...hls.levels, ...hls.audioTracks]) {
      if (details !== undefined && details.fragments.length > 0) {
        inside.handleLevelUpdated(Events.LEVEL_UPDATED, { details });
      }
    }
    const bitrate = hls.levels[hls.loadLevel]?.bitrate ?? 0;
    if (bitrate > 0) inside.handleLevelSwitching(Events.LEVEL_SWITCHING, { bitrate });
  }
}

function placeKey(url: string, range: { readonly start: number; readonly end: number } | undefined): string {
  return range === undefined ? url : `${url}|${range.start}-${range.end}`;
}
