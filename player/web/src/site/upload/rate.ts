/** How fast does it go, how long will it take? Over a sliding window, so that the answer is calm. */

const WINDOW_MS = 8_000;

interface Sample {
  readonly at: number;
  readonly bytes: number;
}

export class Rate {
  #samples: Sample[] = [];

  /** `bytes` have arrived in all by the time `at` (milliseconds). */
  add(bytes: number, at: number): void {
    const last = this.#samples.at(-1);
    // Going back means that bytes were lost and are sent again: what was measured is void.
    if (last !== undefined && bytes < last.bytes) this.#samples = [];
    this.#samples.push({ at, bytes });
    while (this.#samples.length > 2 && at - (this.#samples[1]?.at ?? at) >= WINDOW_MS) {
      this.#samples.shift();
    }
  }

  /** Forgets everything: after a pause the old speed says nothing. */
  reset(): void {
    this.#samples = [];
  }

  /** Bytes per second; `null` until there is something to tell. */
  perSecond(): number | null {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.at - first.at < 500) return null;
    return ((last.bytes - first.bytes) * 1000) / (last.at - first.at);
  }

  /** Seconds until `total` bytes have arrived; `null` when that cannot be said. */
  secondsLeft(total: number): number | null {
    const rate = this.perSecond();
    const last = this.#samples.at(-1);
    if (rate === null || last === undefined || rate <= 0) return null;
    return Math.max(0, (total - last.bytes) / rate);
  }
}
