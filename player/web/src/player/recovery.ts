/** Carries out what `problem.ts` decides, and counts how often it was tried. */
import { nextStep, type Problem } from './problem';

export interface Remedies {
  /** Load on from the current position. */
  retry(): void;
  /** Rebuild the decoder and go on. */
  recover(): void;
  /** Get a fresh description of the video and play it from the current position; false: there is none. */
  renew(problem: Problem): Promise<boolean>;
  /** Say that the player is trying again by itself. */
  trying(): void;
  /** Say what is wrong and leave it to the viewer. */
  giveUp(problem: Problem): void;
}

export class Recovery {
  readonly #remedies: Remedies;
  readonly #tries = new Map<Problem, number>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #busy = false;

  constructor(remedies: Remedies) {
    this.#remedies = remedies;
  }

  /** Takes the next step against `problem`; repeats that come while one is under way are ignored. */
  async handle(problem: Problem): Promise<void> {
    if (this.#busy) return;
    const tries = this.#tries.get(problem) ?? 0;
    this.#tries.set(problem, tries + 1);
    const step = nextStep(problem, tries);
    switch (step.kind) {
      case 'retry':
        this.#busy = true;
        if (tries > 0) this.#remedies.trying();
        this.#timer = setTimeout(() => this.retryNow(), step.afterMs);
        return;
      case 'renew':
        this.#busy = true;
        if (!(await this.#remedies.renew(problem))) this.#remedies.giveUp(problem);
        this.#busy = false;
        return;
      case 'recover':
        this.#remedies.recover();
        return;
      case 'stop':
        this.#remedies.giveUp(problem);
    }
  }

  /** Tries again at once: the network came back, or someone pressed the button. */
  retryNow(): void {
    this.#clearTimer();
    this.#busy = false;
    this.#remedies.retry();
  }

  /** Whether a retry is waiting for its time. */
  get waiting(): boolean {
    return this.#timer !== null;
  }

  /** These problems are over: their next occurrence counts as the first. */
  forgive(problems: readonly Problem[]): void {
    for (const problem of problems) this.#tries.delete(problem);
  }

  stop(): void {
    this.#clearTimer();
  }

  #clearTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
