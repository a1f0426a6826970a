/** How long until one may comment again? A countdown that the server's refusal can lengthen. */

const SECOND_MS = 1000;

export class SlowMode {
  /** Whole seconds left; 0 when one may write. */
  left = $state(0);
  #until = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Waits `seconds` from now. */
  wait(seconds: number, now = Date.now()): void {
    this.#until = Math.max(this.#until, now + seconds * SECOND_MS);
    this.#tick(now);
    if (this.left > 0) this.#timer ??= setInterval(() => this.#tick(Date.now()), SECOND_MS / 4);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tick(now: number): void {
    this.left = Math.max(0, Math.ceil((this.#until - now) / SECOND_MS));
    if (this.left === 0) this.stop();
  }
}
