/** Tells the server how far a video was watched, the way PeerTube's clients do. */
import { authorizationHeaders } from './access';
import type { PlayerVideo } from './types';

const FIRST_AFTER_SECONDS = 3;
const EVERY_SECONDS = 5;
/** A `timeupdate` further from the last one than this was a jump, not watching. */
const MAX_STEP_SECONDS = 2;

export type SendView = (currentTime: number, event: 'seek' | null) => void;

/** Counts the seconds really watched and decides when to report. */
export class ViewCounter {
  readonly #send: SendView;
  #watched = 0;
  #nextReport = FIRST_AFTER_SECONDS;
  #last: number | null = null;

  constructor(send: SendView) {
    this.#send = send;
  }

  /** Playback is at `seconds` now. */
  at(seconds: number): void {
    const step = seconds - (this.#last ?? seconds);
    this.#last = seconds;
    if (step <= 0 || step > MAX_STEP_SECONDS) return;
    this.#watched += step;
    if (this.#watched < this.#nextReport) return;
    this.#nextReport = this.#watched + EVERY_SECONDS;
    this.#send(Math.floor(seconds), null);
  }

  /** The viewer jumped; told only once something was watched. */
  seeked(seconds: number): void {
    this.#last = seconds;
    if (this.#watched >= FIRST_AFTER_SECONDS) this.#send(Math.floor(seconds), 'seek');
  }
}

/** `POST /api/v1/videos/{id}/views`. A report that is lost is lost: nobody is bothered with it. */
export function viewSender(video: PlayerVideo): SendView {
  return (currentTime, event) => {
    void fetch(`/api/v1/videos/${encodeURIComponent(video.id)}/views`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...authorizationHeaders(video.access) },
      body: JSON.stringify(event === null ? { currentTime } : { currentTime, viewEvent: event }),
      keepalive: true,
    }).catch(() => undefined);
  };
}
