/**
 * Does this player share now, and what does it tell of it? Follows the video's terms, the viewer's
 * answer and hls.js, and loads the sharing itself (`link.ts`) when all of them agree.
 *
 * Nothing here delays playback: sharing joins an hls.js that plays already and leaves it playing.
 */
import { Events, type FragmentLoaderConstructor, type ManifestLoadedData } from 'hls.js';
import type Hls from 'hls.js';
import type { KeyValue } from '../memory';
import type { PlayerVideo } from '../types';
import { Brakes, type TellingNavigator } from './brakes';
import { decide, keepAnswer, readAnswer, type Answer, type Decision } from './choice';
import type { Link, LinkFacts } from './link';
import { Reports, type Report } from './reports';
import { Tally, type Figures } from './tally';

/** An hls.js that plays, as the engine hands it over. */
export interface Source {
  readonly hls: Hls;
  /** The master playlist as hls.js read it; null until then. */
  master(): ManifestLoadedData | null;
  /** Fetches no more than it takes to play, until told otherwise. */
  hold(on: boolean): void;
  /** Loads fragments with this; null: from the server alone. */
  loadWith(loader: FragmentLoaderConstructor | null): void;
}

export type OpenLink = (facts: LinkFacts) => Promise<Link | null>;

/** However long it takes to begin to share: playback gets its whole buffer after this. */
const HOLD_MS = 4_000;

const openLink: OpenLink = async (facts) => (await import('./link')).Link.open(facts);

export interface SharingHooks {
  changed(): void;
  /** Shorter side of the picture on screen, in pixels; null without one. */
  resolution(): number | null;
}

export class Sharing {
  readonly tally = new Tally();
  readonly #media: HTMLVideoElement;
  readonly #storage: KeyValue | null;
  readonly #hooks: SharingHooks;
  readonly #open: OpenLink;
  readonly #teardown = new AbortController();
  readonly #brakes: Brakes;
  #video: PlayerVideo | null = null;
  #account: Answer | null = null;
  #answered: Answer | null;
  #source: Source | null = null;
  #begun = false;
  #played = false;
  /** The browser cannot check manifests. */
  #unable = false;
  #opening = false;
  #link: Link | null = null;
  #reports: Reports | null = null;
  #switches = 0;
  #errors = 0;

  constructor(
    media: HTMLVideoElement,
    storage: KeyValue | null,
    hooks: SharingHooks,
    open: OpenLink = openLink,
  ) {
    this.#media = media;
    this.#storage = storage;
    this.#hooks = hooks;
    this.#open = open;
    this.#answered = readAnswer(storage);
    const { signal } = this.#teardown;
    this.#brakes = new Brakes(document, navigator as TellingNavigator, signal, (may) =>
      this.#link?.setUpload(may),
    );
    media.addEventListener('play', () => this.#playing(), { signal });
    // Answered in another tab.
    window.addEventListener('storage', () => this.#readAgain(), { signal });
  }

  /** Whether this video may be shared here at all. */
  get offered(): boolean {
    return (this.#video?.sharing ?? null) !== null && this.#source !== null;
  }

  /** Whether this browser can share. */
  get able(): boolean {
    return !this.#unable && typeof RTCPeerConnection === 'function' && typeof WebSocket === 'function';
  }

  get decision(): Decision {
    return decide(this.#video?.sharing ?? null, this.#answered, this.#account);
  }

  /** The question should be on screen. */
  get asking(): boolean {
    return this.offered && this.able && this.#played && this.decision === 'ask';
  }

  get running(): boolean {
    return this.#link !== null;
  }

  get figures(): Figures {
    return { peers: this.#link?.peers ?? 0, ...this.tally.bytes };
  }

  /** Nothing is sent for now, for a reason of this page or this machine. */
  get held(): boolean {
    return !this.#brakes.mayUpload;
  }

  /** Viewers from which on peers are matched, as the video's terms say. */
  get minViewers(): number {
    return this.#video?.sharing?.minViewers ?? 1;
  }

  /** What the signed-in viewer's account says; null: nothing, or nobody is signed in. */
  set account(answer: Answer | null) {
    this.#account = answer;
    this.#update();
  }

  /** The viewer answers, or changes an answer; kept for the next visit. */
  answer(answer: Answer): void {
    this.#answered = answer;
    keepAnswer(this.#storage, answer);
    this.#update();
  }

  /** Another video, or the same one described anew. */
  describe(video: PlayerVideo): void {
    if (this.#video?.id !== video.id) {
      this.#close();
      this.tally.reset();
      this.#played = false;
    }
    this.#video = video;
  }

  /** hls.js begins with a source. */
  opened(source: Source): void {
    this.closed();
    this.#source = source;
    const { hls } = source;
    hls.on(Events.FRAG_BUFFERED, () => this.#buffered(source));
    hls.on(Events.LEVEL_SWITCHED, () => void (this.#switches += 1));
    // What is fetched before peers are there cannot come from them.
    if (this.offered && this.able && this.decision === 'on') source.hold(true);
    this.#hooks.changed();
  }

  /** The source is about to be closed. */
  closed(): void {
    this.#close();
    this.#source = null;
    this.#begun = false;
  }

  /** Playback had a problem; for the reports. */
  failed(): void {
    this.#errors += 1;
  }

  destroy(): void {
    this.closed();
    this.#teardown.abort();
  }

  #playing(): void {
    const source = this.#source;
    if (source !== null) setTimeout(() => source === this.#source && source.hold(false), HOLD_MS);
    if (this.#played) return;
    this.#played = true;
    this.#update();
  }

  #buffered(source: Source): void {
    if (this.#begun || source !== this.#source) return;
    this.#begun = true;
    this.#update();
  }

  #readAgain(): void {
    const answered = readAnswer(this.#storage);
    if (answered === this.#answered) return;
    this.#answered = answered;
    this.#update();
  }

  get #wanted(): boolean {
    return this.offered && this.able && this.#played && this.#begun && this.decision === 'on';
  }

  #update(): void {
    if (this.#wanted) void this.#start();
    else this.#close();
    if (this.decision !== 'on') this.#source?.hold(false);
    this.#hooks.changed();
  }

  async #start(): Promise<void> {
    const source = this.#source;
    const master = source?.master() ?? null;
    if (this.#link !== null || this.#opening || source === null || master === null) return;
    const facts = this.#linkFacts(source, master);
    if (facts === null) return;
    this.#opening = true;
    // The chunk may not arrive: then the video plays on as it did.
    const link = await this.#open(facts).catch(() => undefined);
    this.#opening = false;
    if (link === null) this.#unable = true;
    this.#source?.hold(false);
    if (link === null || link === undefined) return this.#hooks.changed();
    if (!this.#wanted || source !== this.#source) {
      link.close();
      if (this.#wanted) await this.#start();
      return;
    }
    this.#link = link;
    link.setUpload(this.#brakes.mayUpload);
    source.loadWith(link.loader);
    this.#reports = new Reports({
      videoId: facts.video,
      access: facts.access,
      take: () => this.#report(),
    });
    this.#hooks.changed();
  }

  #linkFacts(source: Source, master: ManifestLoadedData): LinkFacts | null {
    const video = this.#video;
    if (video === null || video.sharing === null || video.playlistUrl === null) return null;
    return {
      hls: source.hls,
      master,
      terms: video.sharing,
      video: video.id,
      masterUrl: new URL(video.playlistUrl, location.href).href,
      tally: this.tally,
      mayUpload: this.#brakes.mayUpload,
      playback: () => ({ bufferedSeconds: this.#bufferedAhead, paused: this.#media.paused }),
      access: () => this.#video?.access ?? {},
      peersChanged: () => this.#hooks.changed(),
    };
  }

  get #bufferedAhead(): number {
    const { buffered, currentTime } = this.#media;
    for (let i = 0; i < buffered.length; i += 1) {
      if (buffered.start(i) <= currentTime + 0.1 && buffered.end(i) > currentTime) {
        return buffered.end(i) - currentTime;
      }
    }
    return 0;
  }

  #report(): Report {
    const report = {
      peers: this.#link?.peers ?? 0,
      ...this.tally.since(),
      resolution: this.#hooks.resolution(),
      resolutionChanges: this.#switches,
      errors: this.#errors,
    };
    this.#switches = this.#errors = 0;
    return report;
  }

  #close(): void {
    const link = this.#link;
    if (link === null) return;
    this.#reports?.stop();
    this.#reports = null;
    this.#link = null;
    this.#source?.loadWith(null);
    link.close();
  }
}
