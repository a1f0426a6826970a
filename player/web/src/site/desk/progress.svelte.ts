/** How far is work that the server does for us? Asked again until it is over. */

const PAUSE_MS = 1000;

export class Progress<State> {
  state = $state.raw<State | null>(null);
  problem = $state.raw<unknown>(null);
  readonly #read: () => Promise<State>;
  readonly #isOver: (state: State) => boolean;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;

  constructor(read: () => Promise<State>, isOver: (state: State) => boolean) {
    this.#read = read;
    this.#isOver = isOver;
  }

  get over(): boolean {
    return this.state !== null && this.#isOver(this.state);
  }

  /** Asks now, and again until it is over or nobody looks any more. */
  async watch(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      this.state = await this.#read();
      this.problem = null;
    } catch (error) {
      this.problem = error;
    }
    if (!this.#stopped && !this.over) {
      this.#timer = setTimeout(() => void this.watch(), PAUSE_MS);
    }
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }
}
