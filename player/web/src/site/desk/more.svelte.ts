/** A list that is read piece by piece, as long as somebody wants more of it. */
import type { Slice } from '../api/review';
import type { Page } from '../api/types';

const PER_READ = 25;

export class More<Item extends { readonly id: number }> {
  items = $state.raw<readonly Item[] | null>(null);
  total = $state(0);
  busy = $state(false);
  problem = $state.raw<unknown>(null);
  readonly #read: (slice: Slice) => Promise<Page<Item>>;
  #asked = 0;

  constructor(read: (slice: Slice) => Promise<Page<Item>>) {
    this.#read = read;
  }

  get hasMore(): boolean {
    return this.items !== null && this.items.length < this.total;
  }

  /** Reads from the beginning. */
  load(): Promise<void> {
    return this.#ask([]);
  }

  /** Reads on; what came meanwhile and moved the rest is not shown twice. */
  more(): Promise<void> {
    return this.#ask(this.items ?? []);
  }

  async #ask(before: readonly Item[]): Promise<void> {
    this.#asked += 1;
    const mine = this.#asked;
    this.busy = true;
    try {
      const found = await this.#read({ start: before.length, count: PER_READ });
      if (mine !== this.#asked) return;
      const here = new Set(before.map(({ id }) => id));
      this.items = [...before, ...found.data.filter(({ id }) => !here.has(id))];
      this.total = found.data.length === 0 ? this.items.length : found.total;
      this.problem = null;
    } catch (error) {
      if (mine === this.#asked) this.problem = error;
    } finally {
      if (mine === this.#asked) this.busy = false;
    }
  }
}
