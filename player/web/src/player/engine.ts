/**
 * Gets a video's bytes into a `<video>`: hls.js, the browser's own HLS, or a plain file.
 *
 * Knows renditions, sound tracks and growth; knows nothing of buttons and words.
 */
import Hls, {
  Events,
  type FragmentLoaderConstructor,
  type Level,
  type LevelDetails,
  type ManifestLoadedData,
} from 'hls.js';
import { authorize, nativePlaylistUrl, withToken } from './access';
import { growthUrl, madeSeconds, type Edge } from './growth';
import { GrowthWatch } from './growth-watch';
import {
  hlsConfig,
  hlsSupported,
  problemOf,
  SoundSwap,
  SteadyHls,
  type SoundChoice,
} from './hls-source';
import { problemOfMediaError, type Problem } from './problem';
import { renditionLabel, type Choice, type Rendition } from './quality';
import type { Source } from './p2p/sharing';
import { Steering, type Edges } from './steering';
import type { PlayerVideo } from './types';

/** What the engine tells the element. */
export interface EngineReports {
  /** Something the menus or the bar show has changed. */
  changed(): void;
  failed(problem: Problem): void;
  /** Media came from the network. */
  arrived(): void;
  /** Bytes of media came from the server. */
  received(bytes: number): void;
  /** hls.js begins with a source. */
  opened(source: Source): void;
  /** What was opened is about to be closed. */
  closed(): void;
}

/** One entry of the quality menu. */
export interface QualityState {
  readonly choice: Choice;
  /** Null for `auto` and `audio`, which the element names itself. */
  readonly label: string | null;
  readonly playable: boolean;
}

/** One entry of the sound track menu. */
export interface AudioState {
  readonly id: number;
  readonly label: string;
  readonly language: string;
}

/** Seconds fetched before anyone has pressed play or may bring the rest, and while playing. */
const BUFFER_BYTES = 60_000_000;
const BUFFER_SECONDS = { little: 6, playing: 30 } as const;

export class Engine {
  readonly #media: HTMLVideoElement;
  readonly #reports: EngineReports;
  readonly #steering: Steering;
  readonly #teardown = new AbortController();
  #video: PlayerVideo | null = null;
  #hls: Hls | null = null;
  #watch: GrowthWatch | null = null;
  #choice: Choice = 'auto';
  #audioOnlyUrl: string | null = null;
  /** A sound track that has files of its own, when it plays instead of the one beside the picture. */
  #otherSound: SoundChoice | null = null;
  /** Renditions of the master, kept while the sound-only playlist is loaded in its place. */
  #renditions: readonly Rendition[] = [];
  #startedGrowing = false;
  /** Only the beginning is fetched for now, although it plays. */
  #held = false;
  /** The master playlist, also while sound alone plays in its place. */
  #master: ManifestLoadedData | null = null;

  constructor(media: HTMLVideoElement, reports: EngineReports) {
    this.#media = media;
    this.#reports = reports;
    this.#steering = new Steering(media);
    const { signal } = this.#teardown;
    media.addEventListener('timeupdate', () => this.#steer(), { signal });
    media.addEventListener('seeking', () => this.#steer(), { signal });
    media.addEventListener('play', () => this.#setBuffer(), { signal });
    media.addEventListener('error', () => this.#mediaFailed(), { signal });
  }

  /** Loads a video and stands at `startSeconds`. */
  load(video: PlayerVideo, startSeconds: number, bandwidthBps: number): void {
    this.#close();
    this.#video = video;
    this.#renditions = [];
    this.#audioOnlyUrl = null;
    this.#otherSound = null;
    this.#master = null;
    this.#startedGrowing = video.growing;
    if (this.#choice !== 'audio') this.#choice = 'auto';
    if (video.playlistUrl !== null && hlsSupported()) {
      this.#openHls(video, video.playlistUrl, startSeconds, bandwidthBps);
    } else if (video.playlistUrl !== null && this.#playsHls()) {
      this.#openNative(nativePlaylistUrl(video.playlistUrl, location.href, video.access), startSeconds);
    } else if (video.fileUrl !== null) {
      this.#openNative(withToken(video.fileUrl, location.href, video.access), startSeconds);
    } else {
      this.#reports.failed('unsupported');
    }
  }

  destroy(): void {
    this.#close();
    this.#teardown.abort();
  }

  /** Length of the whole video, also while only its beginning is made. */
  get durationSeconds(): number {
    const probed = this.#video?.durationSeconds ?? 0;
    if (this.#startedGrowing) {
      const made = madeSeconds(this.#watch?.edges ?? []);
      return this.growing || made === 0 ? Math.max(probed, made) : made;
    }
    return Number.isFinite(this.#media.duration) ? this.#media.duration : probed;
  }

  /** Whether renditions are still being made. */
  get growing(): boolean {
    return this.#startedGrowing && this.#watch?.complete !== true;
  }

  /** How far playback can go now. */
  get madeSeconds(): number {
    return this.growing ? madeSeconds(this.#watch?.edges ?? []) : this.durationSeconds;
  }

  get choice(): Choice {
    return this.#choice;
  }

  /** Bandwidth measured by hls.js in bit/s; 0 when there is none. */
  get bandwidthBps(): number {
    const estimate = this.#hls?.bandwidthEstimate ?? 0;
    return Number.isFinite(estimate) ? Math.round(estimate) : 0;
  }

  /** Label of the rendition on screen; null while none is. */
  get playingLabel(): string | null {
    if (this.#choice === 'audio') return null;
    const level = this.#hls?.levels[this.#hls.currentLevel];
    return level === undefined || level.height === 0 ? null : renditionLabel(renditionOf(level));
  }

  /** Shorter side of the picture on screen, in pixels; null without one. */
  get resolution(): number | null {
    const level = this.#choice === 'audio' ? undefined : this.#hls?.levels[this.#hls.currentLevel];
    return level === undefined || level.height === 0 ? null : Math.min(level.width || level.height, level.height);
  }

  /** Entries of the quality menu, best first. Empty when there is nothing to choose. */
  get qualities(): readonly QualityState[] {
    if (this.#renditions.length + (this.#audioOnlyUrl === null ? 0 : 1) < 2) return [];
    const levels = this.#renditions.map((rendition, index) => ({
      choice: index,
      label: renditionLabel(rendition),
      playable: this.#offers(index),
    }));
    return [
      { choice: 'auto', label: null, playable: true },
      ...levels.reverse(),
      ...(this.#audioOnlyUrl === null ? [] : [{ choice: 'audio' as const, label: null, playable: true }]),
    ];
  }

  choose(choice: Choice): void {
    const before = this.#choice;
    if (choice === before) return;
    this.#choice = choice;
    if (choice === 'audio' || before === 'audio') this.#swapSource();
    else if (this.#hls !== null) this.#hls.nextLevel = choice === 'auto' ? -1 : choice;
    this.#steer();
    this.#reports.changed();
  }

  get audioTracks(): readonly AudioState[] {
    const tracks = this.#hls?.audioTracks ?? [];
    if (tracks.length < 2) return [];
    return tracks.map((track, id) => ({ id, label: track.name, language: track.lang ?? '' }));
  }

  get audioTrack(): number {
    return this.#hls?.audioTrack ?? -1;
  }

  chooseAudio(id: number): void {
    const hls = this.#hls;
    const track = hls?.audioTracks[id];
    if (hls === null || track === undefined || id === hls.audioTrack) return;
    const { name, lang } = track;
    const other = track.url === '' ? null : { name, ...(lang === undefined ? {} : { lang }) };
    const sameSource = (other === null) === (this.#otherSound === null);
    this.#otherSound = other;
    if (sameSource) hls.audioTrack = id;
    else this.#swapSource();
    this.#reports.changed();
  }

  /** Loads on after a network failure. */
  retry(): void {
    const hls = this.#hls;
    if (hls === null || this.#video === null) {
      const { currentTime } = this.#media;
      this.#media.load();
      this.#media.currentTime = currentTime;
    } else if (hls.levels.length === 0) {
      hls.loadSource(this.#sourceUrl());
    } else {
      hls.startLoad(this.#media.currentTime);
    }
  }

  /** Rebuilds the decoder after it failed. */
  recover(): void {
    if (this.#hls === null) this.retry();
    else this.#hls.recoverMediaError();
  }

  #openHls(video: PlayerVideo, url: string, startSeconds: number, bandwidthBps: number): void {
    const base = new URL(url, location.href).href;
    const config = hlsConfig({
      baseUrl: base,
      bandwidthBps,
      access: () => this.#video?.access ?? {},
      received: (bytes) => this.#reports.received(bytes),
    });
    const swap = this.#otherSound === null ? null : new SoundSwap(this.#otherSound);
    const hls = new SteadyHls({ ...config, ...swap?.config, startPosition: startSeconds });
    this.#hls = hls;
    hls.on(Events.MANIFEST_LOADED, (_, data) => {
      const { levels } = data;
      if (this.#choice === 'audio' && this.#audioOnlyUrl !== null) return;
      this.#master = data;
      const sound = levels.find((level) => !level.width && !level.height && !level.videoCodec);
      this.#audioOnlyUrl = levels.length > 1 ? (sound?.url ?? null) : null;
    });
    hls.on(Events.MANIFEST_PARSED, () => void this.#begin(hls, startSeconds));
    hls.on(Events.LEVEL_UPDATED, (_, { level, details }) => this.#learn(hls, level, details));
    for (const event of [
      Events.LEVEL_SWITCHED,
      Events.AUDIO_TRACKS_UPDATED,
      Events.AUDIO_TRACK_SWITCHED,
    ] as const) {
      hls.on(event, () => this.#reports.changed());
    }
    hls.on(Events.FRAG_LOADED, () => this.#reports.arrived());
    hls.on(Events.ERROR, (_, data) => {
      const problem = problemOf(data);
      if (problem === null) return;
      hls.stopLoad();
      this.#reports.failed(problem);
    });
    // A growing video gets its whole length at once, so that one can seek past what the
    // rendition on screen has, and the bar does not creep. The second is for rounding:
    // a length below the last frame's end would be refused; the end of stream trims it.
    const overrides = video.growing ? { duration: video.durationSeconds + 1 } : undefined;
    this.#reports.opened({
      hls,
      master: () => this.#master,
      hold: (on) => this.#hold(on),
      loadWith: (loader) => useLoader(hls, loader, swap),
    });
    this.#setBuffer();
    hls.loadSource(base);
    hls.attachMedia(
      overrides === undefined ? this.#media : { media: this.#media, overrides },
    );
  }

  /** The master is read: find out how far everything is, then load. */
  async #begin(hls: Hls, startSeconds: number): Promise<void> {
    if (this.#choice !== 'audio') this.#renditions = hls.levels.map(renditionOf);
    if (this.#startedGrowing) {
      await this.#startWatch(hls);
      if (this.#hls !== hls) return;
    }
    this.#steer();
    hls.startLoad(this.#reachable(startSeconds));
    this.#reports.changed();
  }

  /**
   * Before the first play only the beginning is fetched (many open a page and never press play), and
   * no more than it takes to play while sharing is about to begin.
   */
  #setBuffer(): void {
    if (this.#hls === null) return;
    const limit = this.#media.paused || this.#held ? 'little' : 'playing';
    this.#hls.config.maxBufferLength = BUFFER_SECONDS[limit];
    // Bytes would otherwise raise a short limit again (hls.js takes the larger of both).
    this.#hls.config.maxBufferSize = limit === 'playing' ? BUFFER_BYTES : 0;
  }

  #hold(on: boolean): void {
    this.#held = on;
    this.#setBuffer();
  }

  /** A start that is not made yet moves to the last moments that are. */
  #reachable(startSeconds: number): number {
    const made = this.madeSeconds;
    return this.growing && made > 0 ? Math.min(startSeconds, Math.max(0, made - 10)) : startSeconds;
  }

  async #startWatch(hls: Hls): Promise<void> {
    this.#watch?.stop();
    const base = new URL(this.#video?.playlistUrl ?? '', location.href).href;
    const watch = new GrowthWatch(
      hls.levels.map((level) => new URL(level.uri, base).pathname.split('/').at(-1) ?? ''),
      async () => {
        const request = authorize(growthUrl(base), base, this.#video?.access ?? {});
        const response = await fetch(request.url, { headers: request.headers, cache: 'no-cache' });
        if (!response.ok) throw new Error(`growth answered ${response.status}`);
        return await response.text();
      },
      () => {
        this.#steer();
        this.#reports.changed();
      },
    );
    this.#watch = watch;
    await watch.start();
  }

  /** A media playlist was read by hls.js. */
  #learn(hls: Hls, level: number, details: LevelDetails): void {
    const growing = details.live && details.type === 'EVENT';
    if (growing && !this.#startedGrowing) {
      this.#startedGrowing = true;
      void this.#startWatch(hls);
    }
    const edge: Edge = {
      seconds: details.edge,
      complete: !details.live,
      targetSeconds: details.targetduration,
    };
    this.#watch?.learn(level, edge);
  }

  /** Keeps hls.js among the renditions that can be played now. */
  #steer(): void {
    if (this.#hls === null) return;
    this.#steering.steer(this.#hls, this.#edges, this.#choice, this.#video?.aspectRatio ?? 0);
  }

  #offers(index: number): boolean {
    // While sound plays alone, nothing is known of the pictures.
    return this.#choice === 'audio' || this.#steering.offers(this.#edges, index);
  }

  /** How far the renditions of the loaded source are; empty once there is nothing to wait for. */
  get #edges(): Edges {
    const edges = this.#watch?.edges ?? [];
    return this.growing && edges.length === this.#hls?.levels.length ? edges : [];
  }

  /** Opens the source anew at the same moment of the video: sound alone, or with another track. */
  #swapSource(): void {
    const video = this.#video;
    if (video === null) return;
    const { currentTime, paused } = this.#media;
    const bandwidth = this.bandwidthBps;
    this.#close();
    this.#openHls(video, this.#sourceUrl(), currentTime, bandwidth);
    if (!paused) void this.#media.play().catch(() => undefined);
  }

  #sourceUrl(): string {
    const master = this.#video?.playlistUrl ?? '';
    const url = this.#choice === 'audio' ? (this.#audioOnlyUrl ?? master) : master;
    return new URL(url, location.href).href;
  }

  #openNative(url: string, startSeconds: number): void {
    this.#media.src = url;
    if (startSeconds > 0) {
      const seek = (): void => void (this.#media.currentTime = startSeconds);
      this.#media.addEventListener('loadedmetadata', seek, { once: true });
    }
  }

  #playsHls(): boolean {
    return this.#media.canPlayType('application/vnd.apple.mpegurl') !== '';
  }

  #mediaFailed(): void {
    // With hls.js in charge the same failure arrives as one of its errors.
    const error = this.#media.error;
    if (error !== null && this.#hls === null) this.#reports.failed(problemOfMediaError(error.code));
  }

  #close(): void {
    this.#watch?.stop();
    this.#watch = null;
    this.#reports.closed();
    this.#held = false;
    this.#hls?.destroy();
    this.#hls = null;
    if (this.#media.hasAttribute('src')) {
      this.#media.removeAttribute('src');
      this.#media.load();
    }
  }
}

/** From now on: hls.js asks for its loader at each fragment. */
function useLoader(hls: Hls, loader: FragmentLoaderConstructor | null, swap: SoundSwap | null): void {
  const fLoader = swap === null ? loader : swap.wrap(loader);
  if (fLoader === null) delete hls.config.fLoader;
  else hls.config.fLoader = fLoader;
}

function renditionOf(level: Level): Rendition {
  return { width: level.width, height: level.height, fps: level.frameRate };
}
