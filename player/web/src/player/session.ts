/**
 * One video being played: where it starts and stops, what is remembered of it, what is
 * reported, and how failures are met. No buttons, no words: `controls.ts` shows it all.
 */
import { Captions } from './captions';
import { Engine } from './engine';
import { browserStorage, type Memory } from './memory';
import type { Problem } from './problem';
import { showInSystem } from './media-session';
import { Sharing } from './p2p/sharing';
import { Recovery } from './recovery';
import { DEFAULT_PLAY_OPTIONS, type Chapter, type PlayOptions, type PlayerVideo, type Storyboard } from './types';
import { ViewCounter, viewSender } from './views';

/** What the session asks of whoever owns it. */
export interface SessionHooks {
  /** Something on show may have changed. */
  changed(): void;
  /** `trying`: the session goes on by itself; null: all is well again. */
  problem(problem: Problem | null, trying: boolean): void;
  /** A fresh description of the video, or null when there is none. */
  renew(problem: Problem): Promise<PlayerVideo | null>;
}

const SAVE_EVERY_SECONDS = 5;
/** Playing this long after a failure means that its cure worked. */
const CURED_AFTER_MS = 30_000;

export class Session {
  readonly media: HTMLVideoElement;
  readonly engine: Engine;
  readonly captions: Captions;
  readonly sharing: Sharing;
  readonly #memory: Memory;
  readonly #hooks: SessionHooks;
  readonly #recovery: Recovery;
  readonly #teardown = new AbortController();
  #video: PlayerVideo | null = null;
  #options: PlayOptions = DEFAULT_PLAY_OPTIONS;
  #views: ViewCounter | null = null;
  #savedAt = 0;
  /** Where playback stands, or should once it can: a `<video>` that is loading anew says 0. */
  #place = 0;
  #wantsPlay = false;
  #stopReached = false;
  #mutedByOption = false;
  #lastProblemMs = 0;
  #troubled = false;

  constructor(media: HTMLVideoElement, memory: Memory, hooks: SessionHooks) {
    this.media = media;
    this.#memory = memory;
    this.#hooks = hooks;
    this.captions = new Captions(media, () => hooks.changed());
    this.sharing = new Sharing(media, browserStorage(), {
      changed: () => hooks.changed(),
      resolution: () => this.engine.resolution,
    });
    this.engine = new Engine(media, {
      changed: () => hooks.changed(),
      failed: (problem) => this.#failed(problem),
      arrived: () => this.#arrived(),
      received: (bytes) => this.sharing.tally.add('fromServer', bytes),
      opened: (source) => this.sharing.opened(source),
      closed: () => this.sharing.closed(),
    });
    this.#recovery = new Recovery({
      retry: () => this.engine.retry(),
      recover: () => this.engine.recover(),
      renew: (problem) => this.#renew(problem),
      trying: () => hooks.problem('network', true),
      giveUp: (problem) => hooks.problem(problem, false),
    });
    this.#listen();
  }

  get video(): PlayerVideo | null {
    return this.#video;
  }

  get durationSeconds(): number {
    return this.engine.durationSeconds;
  }

  get madeSeconds(): number {
    return this.engine.madeSeconds;
  }

  get chapters(): readonly Chapter[] {
    return this.#video?.chapters ?? [];
  }

  get storyboard(): Storyboard | null {
    return this.#video?.storyboard ?? null;
  }

  load(video: PlayerVideo, options: PlayOptions): void {
    this.#video = video;
    this.#options = options;
    this.#views = new ViewCounter(viewSender(video));
    this.#stopReached = false;
    this.#troubled = false;
    this.#hooks.problem(null, false);
    this.#applyPreferences();
    // Only a loop over the whole video is the browser's business.
    this.media.loop = options.loop && options.stopSeconds === null && options.startSeconds === null;
    const start = options.startSeconds ?? this.#memory.position(video.id) ?? 0;
    this.#open(video, start, options.autoplay);
    const language = options.subtitle ?? this.#memory.preferences().caption;
    this.captions.show(language === '' ? null : language);
  }

  /** Seeks as far as the video is made. */
  seek(seconds: number): void {
    const limit = this.engine.growing ? Math.max(0, this.madeSeconds - 0.5) : this.durationSeconds;
    const target = Math.max(0, limit > 0 ? Math.min(seconds, limit) : seconds);
    this.#place = target;
    this.media.currentTime = target;
    this.#stopReached = target >= (this.#options.stopSeconds ?? Number.POSITIVE_INFINITY);
  }

  async play(): Promise<void> {
    await this.media.play().catch(() => undefined);
  }

  /** The viewer presses "try again". */
  tryAgain(): void {
    this.#hooks.problem(null, false);
    this.#recovery.forgive(['network', 'server', 'access', 'gone', 'decode']);
    const video = this.#video;
    if (video === null) return;
    void this.#hooks.renew('network').then((fresh) => {
      this.#video = fresh ?? video;
      this.#open(this.#video, this.#place, true);
    });
  }

  showCaption(language: string | null): void {
    this.captions.show(language);
    this.#memory.remember({ caption: language ?? '' });
  }

  setSpeed(speed: number): void {
    this.media.defaultPlaybackRate = speed;
    this.media.playbackRate = speed;
    this.#memory.remember({ speed });
  }

  /** Language of the caption to turn on when asked for "captions": the last one used, or the first. */
  get preferredCaption(): string | null {
    const remembered = this.#memory.preferences().caption;
    const list = this.captions.list;
    const match = list.find(({ language }) => language === remembered) ?? list[0];
    return match?.language ?? null;
  }

  destroy(): void {
    this.#save();
    this.#teardown.abort();
    this.#recovery.stop();
    this.engine.destroy();
    this.sharing.destroy();
    this.captions.clear();
  }

  #open(video: PlayerVideo, startSeconds: number, play: boolean): void {
    const caption = this.captions.showing;
    this.captions.load(video.captions, video.access);
    this.captions.show(caption);
    this.#place = startSeconds;
    this.sharing.describe(video);
    this.engine.load(video, startSeconds, this.#memory.preferences().bandwidthBps);
    if (play) void this.#playOrPlayMuted();
  }

  /** Browsers refuse sound before a gesture: a video that starts by itself then starts silent. */
  async #playOrPlayMuted(): Promise<void> {
    try {
      await this.media.play();
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== 'NotAllowedError') return;
      this.#mutedByOption = true;
      this.media.muted = true;
      await this.play();
    }
  }

  #applyPreferences(): void {
    const { volume, muted, speed } = this.#memory.preferences();
    this.media.volume = volume;
    this.#mutedByOption = this.#options.muted;
    this.media.muted = muted || this.#options.muted;
    this.media.defaultPlaybackRate = speed;
    this.media.playbackRate = speed;
  }

  #listen(): void {
    const { signal } = this.#teardown;
    const on = (name: string, act: () => unknown): void =>
      this.media.addEventListener(name, act, { signal });
    on('timeupdate', () => this.#moved());
    on('seeked', () => this.#views?.seeked(this.media.currentTime));
    on('play', () => this.#played());
    on('pause', () => this.#paused());
    on('ended', () => this.#ended());
    on('volumechange', () => this.#rememberVolume());
    window.addEventListener('pagehide', () => this.#save(), { signal });
    window.addEventListener('online', () => this.#recovery.waiting && this.#recovery.retryNow(), {
      signal,
    });
  }

  #moved(): void {
    const { currentTime, paused, seeking } = this.media;
    if (this.media.readyState < HTMLMediaElement.HAVE_FUTURE_DATA) return;
    this.#place = currentTime;
    if (!paused && !seeking) this.#views?.at(currentTime);
    if (Math.abs(currentTime - this.#savedAt) >= SAVE_EVERY_SECONDS && !paused) this.#save();
    if (this.#lastProblemMs > 0 && performance.now() - this.#lastProblemMs > CURED_AFTER_MS) {
      this.#lastProblemMs = 0;
      this.#recovery.forgive(['access', 'gone', 'decode']);
    }
    const stop = this.#options.stopSeconds;
    if (stop !== null && !this.#stopReached && currentTime >= stop && !paused) {
      this.#stopReached = true;
      if (this.#options.loop) this.seek(this.#options.startSeconds ?? 0);
      else this.media.pause();
    }
  }

  #played(): void {
    this.#wantsPlay = true;
    if (this.#video === null) return;
    showInSystem(this.#video, this.media, (seconds) => this.seek(seconds));
  }

  #paused(): void {
    this.#wantsPlay = false;
    this.#save();
  }

  #ended(): void {
    this.#save();
    if (!this.#options.loop || this.media.loop) return;
    this.seek(this.#options.startSeconds ?? 0);
    void this.play();
  }

  #rememberVolume(): void {
    const { volume, muted } = this.media;
    // A mute the page or the browser asked for is not the viewer's wish; lifting it is.
    if (this.#mutedByOption && muted) return;
    this.#mutedByOption = false;
    this.#memory.remember({ volume, muted });
  }

  #save(): void {
    const video = this.#video;
    if (video === null || this.media.readyState === 0) return;
    this.#savedAt = this.media.currentTime;
    this.#memory.leaveAt(video.id, this.media.currentTime, this.durationSeconds);
    const bandwidthBps = this.engine.bandwidthBps;
    if (bandwidthBps > 0) this.#memory.remember({ bandwidthBps });
  }

  #failed(problem: Problem): void {
    this.#lastProblemMs = performance.now();
    this.#troubled = true;
    this.sharing.failed();
    void this.#recovery.handle(problem);
  }

  #arrived(): void {
    if (!this.#troubled) return;
    this.#troubled = false;
    this.#recovery.forgive(['network', 'server']);
    this.#hooks.problem(null, false);
  }

  async #renew(problem: Problem): Promise<boolean> {
    const fresh = await this.#hooks.renew(problem);
    if (fresh === null) return false;
    this.#video = fresh;
    this.#open(fresh, this.#place, this.#wantsPlay);
    return true;
  }
}
