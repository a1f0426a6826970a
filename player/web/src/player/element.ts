/**
 * `<farandole-player>`: the element pages use.
 *
 * Attributes: `src` (HLS master playlist), `video-id`, `video-title`, `poster`, `duration`
 * (seconds), `growing`, `start`, `stop`, `loop`, `muted`, `autoplay`, `subtitle`,
 * `controls="0"`, `theatre-button`, `page-keys` (keys work wherever the focus is on the page).
 * Pages with more to say (captions, chapters, storyboard, access) call `load()`.
 *
 * Events: `theatre` (detail: on), `renew` (see `RenewEvent`), `playerproblem` (detail: the
 * problem or null), `sharing` (the question of sharing begins or ceases to wait for an answer),
 * `sharinganswer` (detail: the answer the viewer gave), and the `<video>`'s own on `media`.
 */
import { Controls } from './controls';
import { browserStorage, Memory } from './memory';
import type { Answer } from './p2p/choice';
import type { Problem } from './problem';
import { Session } from './session';
import { createStore } from './store';
import { build, type Parts } from './template';
import { parseTime } from './time';
import { DEFAULT_PLAY_OPTIONS, type PlayOptions, type PlayerVideo } from './types';
import { languageOf, wordsFor, type Say } from './words';

/**
 * The player needs a fresh description of its video: the right to it ran out (`access`), this
 * generation of it was retired (`gone`), or the viewer pressed "try again" (`network`).
 * Answer with `respondWith`; playback goes on at the same moment.
 */
export class RenewEvent extends Event {
  readonly problem: Problem;
  #answer: Promise<PlayerVideo | null> | null = null;

  constructor(problem: Problem) {
    super('renew', { bubbles: true, composed: true });
    this.problem = problem;
  }

  respondWith(answer: Promise<PlayerVideo | null>): void {
    this.#answer = answer;
  }

  get answer(): Promise<PlayerVideo | null> {
    return this.#answer?.catch(() => null) ?? Promise.resolve(null);
  }
}

export class FarandolePlayer extends HTMLElement {
  static readonly observedAttributes = ['src', 'controls', 'theatre-button', 'theatre'];

  #parts: Parts | null = null;
  #session: Session | null = null;
  #controls: Controls | null = null;
  #teardown: AbortController | null = null;
  #say: Say | null = null;
  #accountSharing: Answer | null = null;
  #asking = false;
  #pending: { readonly video: PlayerVideo; readonly options: PlayOptions } | null = null;

  connectedCallback(): void {
    if (this.#session !== null) return;
    const language = languageOf(this);
    const say = wordsFor(language);
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open', delegatesFocus: false });
    const parts = build(root, language, say);
    const teardown = new AbortController();
    const session = new Session(parts.media, new Memory(browserStorage(), Date.now), {
      changed: () => this.#changed(),
      problem: (problem, trying) => this.#problem(problem, trying),
      renew: (problem) => this.#renew(problem),
    });
    parts.controller.mediaStore = createStore(parts.media, parts.controller, session);
    this.#say = say;
    this.#parts = parts;
    this.#session = session;
    this.#teardown = teardown;
    session.sharing.account = this.#accountSharing;
    const host = {
      element: this,
      toggleTheatre: () => this.#toggleTheatre(),
      answerSharing: (answer: Answer) => this.answerSharing(answer),
    };
    this.#controls = new Controls(parts, session, host, say, teardown.signal);
    this.#listenForKeys(teardown.signal);
    this.#showButtons();
    const pending = this.#pending ?? this.#fromAttributes();
    this.#pending = null;
    if (pending !== null) this.load(pending.video, pending.options);
  }

  disconnectedCallback(): void {
    // Moving the element within the page disconnects it for a moment only.
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#teardown?.abort();
      this.#session?.destroy();
      this.#session = this.#controls = this.#parts = this.#teardown = null;
    });
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (this.#session === null || before === now) return;
    if (name !== 'src') {
      this.#showButtons();
      return;
    }
    const next = this.#fromAttributes();
    if (next !== null) this.load(next.video, next.options);
  }

  /**
   * Plays a video; what is not said in `options` comes from the attributes. The description that
   * plays already is left to play: pages say things again when something beside them changed.
   */
  load(video: PlayerVideo, options: Partial<PlayOptions> = {}): void {
    if (this.#session?.video === video) return;
    const whole = { ...this.#attributeOptions(), ...options };
    if (this.#session === null || this.#parts === null) {
      this.#pending = { video, options: whole };
      return;
    }
    this.removeAttribute('started');
    this.toggleAttribute('sound-only', video.aspectRatio === 0 && video.posterUrl !== null);
    this.#describe(video);
    this.#session.load(video, whole);
    this.#controls?.refresh();
  }

  /** The `<video>` inside: its events, and its state beyond what this class offers. */
  get media(): HTMLVideoElement | null {
    return this.#parts?.media ?? null;
  }

  get video(): PlayerVideo | null {
    return this.#session?.video ?? null;
  }

  get currentTime(): number {
    return this.media?.currentTime ?? 0;
  }

  /** Seeks; while the video is being made, no further than it is. */
  set currentTime(seconds: number) {
    this.#session?.seek(seconds);
  }

  get paused(): boolean {
    return this.media?.paused ?? true;
  }

  async play(): Promise<void> {
    await this.#session?.play();
  }

  pause(): void {
    this.media?.pause();
  }

  /** Whether the viewer should be asked about sharing; the page does the asking (`sharingQuestion`). */
  get asksSharing(): boolean {
    return this.#session?.sharing.asking ?? false;
  }

  /** The viewer's answer, also a later one; remembered in this browser. */
  answerSharing(answer: Answer): void {
    this.#session?.sharing.answer(answer);
    const event = new CustomEvent('sharinganswer', { detail: answer, bubbles: true, composed: true });
    this.dispatchEvent(event);
  }

  /** What the account of a signed-in viewer says about sharing; null: nothing. */
  set accountSharing(answer: Answer | null) {
    this.#accountSharing = answer;
    if (this.#session !== null) this.#session.sharing.account = answer;
  }

  /** Whether the page shows the player in its theatre view; the page does the showing. */
  get theatre(): boolean {
    return this.hasAttribute('theatre');
  }

  set theatre(on: boolean) {
    this.toggleAttribute('theatre', on);
  }

  #describe(video: PlayerVideo): void {
    const { controller, poster, title } = this.#parts ?? {};
    if (!controller || !poster || !title || !this.#say) return;
    controller.setAttribute(
      'aria-label',
      video.title === '' ? this.#say('player.untitled') : this.#say('player', { title: video.title }),
    );
    poster.hidden = video.posterUrl === null;
    if (video.posterUrl !== null) poster.src = video.posterUrl;
    title.hidden = this.querySelector('[slot="title"]') === null;
  }

  #showButtons(): void {
    const theatre = this.#parts?.theatre;
    this.toggleAttribute('no-controls', this.getAttribute('controls') === '0');
    if (theatre === undefined || this.#say === null) return;
    theatre.hidden = !this.hasAttribute('theatre-button');
    theatre.setAttribute('label', this.#say(this.theatre ? 'theatre.leave' : 'theatre.enter'));
    theatre.setAttribute('pressed', String(this.theatre));
  }

  #toggleTheatre(): void {
    if (!this.hasAttribute('theatre-button')) return;
    this.theatre = !this.theatre;
    const detail = { on: this.theatre };
    this.dispatchEvent(new CustomEvent('theatre', { detail, bubbles: true, composed: true }));
  }

  #changed(): void {
    this.#controls?.refresh();
    if (this.asksSharing === this.#asking) return;
    this.#asking = this.asksSharing;
    this.dispatchEvent(new CustomEvent('sharing', { bubbles: true, composed: true }));
  }

  #problem(problem: Problem | null, trying: boolean): void {
    this.#controls?.problem(problem, trying);
    const detail = { problem, trying };
    this.dispatchEvent(new CustomEvent('playerproblem', { detail, bubbles: true, composed: true }));
  }

  async #renew(problem: Problem): Promise<PlayerVideo | null> {
    const event = new RenewEvent(problem);
    this.dispatchEvent(event);
    return await event.answer;
  }

  #listenForKeys(signal: AbortSignal): void {
    this.addEventListener('keydown', (event) => this.#controls?.key(event), { signal });
    const page = (event: KeyboardEvent): void => {
      if (!this.hasAttribute('page-keys') || event.composedPath().includes(this)) return;
      // Arrows and Home scroll the page unless the player has the focus.
      if (event.key.startsWith('Arrow') || event.key === 'Home') return;
      this.#controls?.key(event);
    };
    document.addEventListener('keydown', page, { signal });
  }

  #attributeOptions(): PlayOptions {
    return {
      ...DEFAULT_PLAY_OPTIONS,
      startSeconds: parseTime(this.getAttribute('start')),
      stopSeconds: parseTime(this.getAttribute('stop')),
      loop: this.hasAttribute('loop'),
      autoplay: this.hasAttribute('autoplay'),
      muted: this.hasAttribute('muted'),
      subtitle: this.getAttribute('subtitle'),
    };
  }

  #fromAttributes(): { video: PlayerVideo; options: PlayOptions } | null {
    const src = this.getAttribute('src');
    if (src === null || src === '') return null;
    const video: PlayerVideo = {
      id: this.getAttribute('video-id') ?? src,
      playlistUrl: src,
      fileUrl: null,
      title: this.getAttribute('video-title') ?? '',
      posterUrl: this.getAttribute('poster'),
      durationSeconds: Number(this.getAttribute('duration') ?? 0) || 0,
      aspectRatio: 16 / 9,
      growing: this.hasAttribute('growing'),
      captions: [],
      chapters: [],
      storyboard: null,
      access: {},
      sharing: null,
    };
    return { video, options: this.#attributeOptions() };
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'farandole-player': FarandolePlayer;
  }
}

/** Makes `<farandole-player>` known to the page; safe to call more than once. */
export function definePlayer(): void {
  if (customElements.get('farandole-player') === undefined) {
    customElements.define('farandole-player', FarandolePlayer);
  }
}
