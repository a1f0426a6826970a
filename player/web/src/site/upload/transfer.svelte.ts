/**
 * A file on its way to the server: how far it is, pausing it, going on. What it becomes there and
 * what is remembered of it is left to `upload.svelte.ts` and `replacement.svelte.ts`.
 */
import { isProblem } from '../api/http';
import type { Problem } from '../api/problem';
import type { Uploaded } from '../api/types';
import { cancelUpload, openUpload, type Opening, sendFile } from './resumable';
import { Rate } from './rate';

export type Phase = 'idle' | 'opening' | 'sending' | 'waiting' | 'paused' | 'checking' | 'done' | 'failed';

/** Refusals that trying again cannot mend: what the server had of the file is gone. */
const FINAL = [400, 403, 404, 413, 415, 422];

export class Transfer {
  phase = $state<Phase>('idle');
  file = $state.raw<File | null>(null);
  sent = $state(0);
  bytesPerSecond = $state<number | null>(null);
  secondsLeft = $state<number | null>(null);
  problem = $state.raw<Problem | null>(null);
  /** Path and query of the upload on the server; nothing before it is open. */
  protected address = $state<string | null>(null);
  #stop: AbortController | null = null;
  #rate = new Rate();

  constructor() {
    addEventListener('beforeunload', (event) => {
      if (this.isUnderWay) event.preventDefault();
    });
  }

  get fraction(): number {
    return this.file === null || this.file.size === 0 ? 0 : this.sent / this.file.size;
  }

  /** Whether bytes still have to go out. */
  get isUnderWay(): boolean {
    return !['idle', 'done', 'failed'].includes(this.phase);
  }

  /** Whether a failed transfer can go on where it stopped. */
  get canResume(): boolean {
    return this.address !== null && this.file !== null;
  }

  pause(): void {
    if (this.phase !== 'sending' && this.phase !== 'waiting') return;
    this.phase = 'paused';
    this.#stop?.abort();
  }

  async resume(): Promise<void> {
    if (this.phase === 'paused' || (this.phase === 'failed' && this.canResume)) await this.send();
  }

  /** Gives the transfer up, here and on the server. */
  async cancel(): Promise<void> {
    const { address } = this;
    this.reset();
    if (address !== null) await cancelUpload(address);
  }

  /** Ready for the next file. */
  reset(): void {
    this.#stop?.abort();
    this.phase = 'idle';
    this.file = null;
    this.sent = 0;
    this.problem = null;
    this.address = null;
    this.#measure();
  }

  /** The server has the whole file. */
  protected arrived(_answer: Uploaded | null): void {}

  /** The server refused it for good. */
  protected refused(): void {}

  protected begin(file: File): void {
    this.reset();
    this.file = file;
    this.phase = 'opening';
  }

  /** Opens an upload at `path`; `false` when the server refused. */
  protected async open(path: string, fields: Opening | Record<string, never>): Promise<boolean> {
    const { file } = this;
    if (file === null) return false;
    try {
      const address = await openUpload(path, file, fields);
      // Cancelled meanwhile, perhaps for another file.
      if (this.file !== file) {
        void cancelUpload(address);
        return false;
      }
      this.address = address;
      return true;
    } catch (error) {
      if (this.file === file) this.#fail(error);
      return false;
    }
  }

  protected async send(): Promise<void> {
    const { file } = this;
    if (file === null || this.address === null) return;
    const stop = new AbortController();
    this.#stop = stop;
    this.phase = 'sending';
    this.problem = null;
    this.#measure();
    try {
      const answer = await sendFile(this.address, file, {
        signal: stop.signal,
        onProgress: (sent) => this.#progress(sent, file.size),
        onWaiting: (ms) => {
          this.phase = ms > 0 ? 'waiting' : 'sending';
          this.#measure();
        },
      });
      this.arrived(answer);
      this.phase = 'done';
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') return;
      this.#fail(error);
    }
  }

  #measure(): void {
    this.#rate.reset();
    this.bytesPerSecond = null;
    this.secondsLeft = null;
  }

  #progress(sent: number, total: number): void {
    this.sent = sent;
    this.#rate.add(sent, performance.now());
    this.bytesPerSecond = this.#rate.perSecond();
    this.secondsLeft = this.#rate.secondsLeft(total);
    // Everything is out: the server now looks at the file.
    if (sent === total && this.phase === 'sending') this.phase = 'checking';
  }

  #fail(error: unknown): void {
    this.problem = isProblem(error) ? error : null;
    this.phase = 'failed';
    if (isProblem(error) && FINAL.includes(error.status)) {
      this.refused();
      this.address = null;
    }
  }
}
