/**
 * Follows how far each rendition of a growing video is made.
 *
 * Asks the server for all of them at once: a rendition without a first segment has no playlist
 * to be read. What the answers mean is `growth.ts`.
 */
import { readEdges, type Edge } from './growth';

/** Fetches what the server tells of the growth; rejects when it cannot be had. */
export type FetchText = () => Promise<string>;

const MIN_PAUSE_MS = 2_000;
const MAX_PAUSE_MS = 6_000;

export class GrowthWatch {
  readonly #playlists: readonly string[];
  readonly #fetchText: FetchText;
  readonly #changed: () => void;
  readonly #edges: (Edge | null)[];
  #timer: ReturnType<typeof setTimeout> | null = null;
  #stopped = false;

  /** `playlists`: file names of the renditions' playlists, in the order the caller counts them. */
  constructor(playlists: readonly string[], fetchText: FetchText, changed: () => void) {
    this.#playlists = playlists;
    this.#fetchText = fetchText;
    this.#changed = changed;
    this.#edges = playlists.map(() => null);
  }

  get edges(): readonly (Edge | null)[] {
    return this.#edges;
  }

  get complete(): boolean {
    return this.#edges.every((edge) => edge?.complete === true);
  }

  /** Asks once, then goes on by itself until all are complete. */
  async start(): Promise<void> {
    await this.#round();
  }

  /** Takes what the player has just learned about a rendition it loads itself. */
  learn(index: number, edge: Edge): void {
    const known = this.#edges[index];
    if (known === undefined || known?.complete === true) return;
    this.#edges[index] = edge;
    this.#changed();
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  async #round(): Promise<void> {
    await this.#read();
    if (this.#stopped) return;
    this.#changed();
    if (!this.complete) this.#timer = setTimeout(() => void this.#round(), this.#pauseMs());
  }

  async #read(): Promise<void> {
    try {
      const edges = readEdges(await this.#fetchText(), this.#playlists);
      edges.forEach((edge, index) => {
        if (edge !== null && this.#edges[index]?.complete !== true) this.#edges[index] = edge;
      });
    } catch {
      // The network is away: no rendition is known to be further.
    }
  }

  #pauseMs(): number {
    const target = Math.max(...this.#edges.map((edge) => edge?.targetSeconds ?? 0));
    return Math.min(MAX_PAUSE_MS, Math.max(MIN_PAUSE_MS, target * 500));
  }
}
