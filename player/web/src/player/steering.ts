/**
 * Which renditions may hls.js choose now? Those that are made far enough and fit the screen;
 * a chosen one is left before its edge and taken up again when it is well ahead.
 *
 * Knows positions and sizes; loads nothing. The arithmetic is `growth.ts`.
 */
import type Hls from 'hls.js';
import { capForSize, leads, madeSeconds, playableWindow, type Edge, type Window } from './growth';
import { drawnHeight, type Choice } from './quality';

/**
 * Seconds a rendition must lead the playhead: to stay chosen, to be offered, and to be taken up
 * again after it was left. Far enough apart that playback does not go back and forth.
 */
const LEAD_SECONDS = { stay: 6, offer: 10, back: 20 } as const;

/** How far each rendition is; empty once the video is complete. */
export type Edges = readonly (Edge | null)[];

export class Steering {
  readonly #media: HTMLVideoElement;

  constructor(media: HTMLVideoElement) {
    this.#media = media;
  }

  /** Keeps automatic choice within bounds and a chosen rendition away from its edge. */
  steer(hls: Hls, edges: Edges, choice: Choice, aspectRatio: number): void {
    if (hls.levels.length === 0) return;
    const last = hls.levels.length - 1;
    const open: Window =
      edges.length === hls.levels.length
        ? playableWindow(edges, this.#bufferEnd())
        : { lowest: 0, highest: last };
    const heights = hls.levels.map((level) => level.height);
    const { lowest, highest } = capForSize(heights, this.#pixels(aspectRatio), open);
    hls.config.minAutoBitrate = lowest === 0 ? 0 : (hls.levels[lowest]?.maxBitrate ?? 0);
    const cap = highest === last ? -1 : highest;
    if (hls.autoLevelCapping !== cap) hls.autoLevelCapping = cap;
    if (typeof choice === 'number') this.#hold(hls, edges, choice);
  }

  /** Whether a rendition is far enough ahead of the playhead to be offered, or as far as any. */
  offers(edges: Edges, index: number): boolean {
    return this.#leads(edges, index, LEAD_SECONDS.offer);
  }

  #hold(hls: Hls, edges: Edges, choice: number): void {
    if (hls.autoLevelEnabled) {
      if (this.#leads(edges, choice, LEAD_SECONDS.back)) hls.nextLevel = choice;
    } else if (!this.#leads(edges, choice, LEAD_SECONDS.stay)) hls.loadLevel = -1;
  }

  #leads(edges: Edges, index: number, seconds: number): boolean {
    if (edges.length === 0) return true;
    return leads(edges[index] ?? null, this.#media.currentTime, seconds, madeSeconds(edges));
  }

  /** Where the next segment is needed: the end of what is buffered at the playhead. */
  #bufferEnd(): number {
    const { buffered, currentTime } = this.#media;
    for (let i = 0; i < buffered.length; i += 1) {
      if (buffered.start(i) <= currentTime + 0.1 && buffered.end(i) > currentTime) return buffered.end(i);
    }
    return currentTime;
  }

  #pixels(aspectRatio: number): number {
    const box = { width: this.#media.clientWidth, height: this.#media.clientHeight };
    return drawnHeight(box, aspectRatio, window.devicePixelRatio || 1);
  }
}
