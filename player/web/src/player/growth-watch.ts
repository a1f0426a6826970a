/**
 * Follows how far each rendition of a growing video is made.
 *
 * Reads the media playlists the player is not loading itself; what the answers mean
 * is `growth.ts`.
 */
import { readEdge, type Edge } from './growth';

/** Fetches a playlist's text; rejects when it cannot be had. */
export type FetchText = (url: string) => Promise<string>;

const MIN_PAUSE_MS = 2_000;
const MAX_PAUSE_MS = 6_000;

export class GrowthWatch {
  readonly #urls: readonly string[];
  readonly #fetchText: FetchText;
  readonly #changed: () => void;
  readonly #edges: (Edge | null)[];
  #timer: ReturnType<typeof setTimeout> | null = null;
  #stopped = false;

  /** `urls`: one media playlist per rendition, in the order the caller counts them. */
  constructor(urls: readonly string[], fetchText: FetchText, changed: () => void) {
    this.#urls = urls;
    this.#fetchText = fetchText;
    this.#changed = changed;
    this.#edges = urls.map(() => null);
  }

  get edges(): readonly (Edge | null)[] {
    return this.#edges;
  }

  get complete(): boolean {
    return this.#edges.every((edge) => edge?.complete === true);
  }

  /** Reads every playlist once, then goes on by itself until all are complete. */
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
    await Promise.all(this.#urls.map((url, index) => this.#read(url, index)));
    if (this.#stopped) return;
    this.#changed();
    if (!this.complete) this.#timer = setTimeout(() => void this.#round(), this.#pauseMs());
  }

  async #read(url: string, index: number): Promise<void> {
    if (this.#edges[index]?.complete === true) return;
    try {
      const edge = readEdge(await this.#fetchText(url));
      if (!this.#stopped) this.#edges[index] = edge;
    } catch {
      // Not made yet, or the network is away: this rendition is simply not known to be further.
    }
  }

  #pauseMs(): number {
    const target = Math.max(...this.#edges.map((edge) => edge?.targetSeconds ?? 0));
    return Math.min(MAX_PAUSE_MS, Math.max(MIN_PAUSE_MS, target * 500));
  }
}
