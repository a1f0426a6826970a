/**
 * The upload in progress: one at a time, alive while the site is open, whatever page is shown.
 * Pages read its state; the bytes are sent by `resumable.ts`.
 */
import { isProblem } from '../api/http';
import type { Problem } from '../api/problem';
import type { Uploaded } from '../api/types';
import { cancelUpload, openUpload, type Opening, sendFile } from './resumable';
import { Rate } from './rate';
import { forgetStored, keepStored, readStored, type StoredUpload } from './stored';

const PATH = '/api/v1/videos/upload-resumable';

export type Phase = 'idle' | 'opening' | 'sending' | 'waiting' | 'paused' | 'checking' | 'done' | 'failed';

class Upload {
  phase = $state<Phase>('idle');
  file = $state.raw<File | null>(null);
  sent = $state(0);
  bytesPerSecond = $state<number | null>(null);
  secondsLeft = $state<number | null>(null);
  problem = $state.raw<Problem | null>(null);
  video = $state.raw<Uploaded['video'] | null>(null);
  #address: string | null = null;
  #stop: AbortController | null = null;
  #rate = new Rate();
  #username = '';

  get fraction(): number {
    return this.file === null || this.file.size === 0 ? 0 : this.sent / this.file.size;
  }

  /** Whether bytes still have to go out. */
  get isUnderWay(): boolean {
    return !['idle', 'done', 'failed'].includes(this.phase);
  }

  /** An upload that a reload interrupted, if there is one to go on with. */
  interrupted(username: string): StoredUpload | null {
    return this.phase === 'idle' ? readStored(username) : null;
  }

  async start(file: File, fields: Opening, username: string): Promise<void> {
    this.#begin(file, username);
    try {
      this.#address = await openUpload(PATH, file, fields);
    } catch (error) {
      return this.#fail(error);
    }
    keepStored({
      address: this.#address,
      name: file.name,
      size: file.size,
      modified: file.lastModified,
      startedAt: Date.now(),
      username,
    });
    await this.#send();
  }

  /** Goes on after a reload; `file` must be the one the upload was started with. */
  async goOn(stored: StoredUpload, file: File): Promise<void> {
    this.#begin(file, stored.username);
    this.#address = stored.address;
    await this.#send();
  }

  pause(): void {
    if (this.phase !== 'sending' && this.phase !== 'waiting') return;
    this.phase = 'paused';
    this.#stop?.abort();
  }

  async resume(): Promise<void> {
    if (this.phase === 'paused' || (this.phase === 'failed' && this.#address !== null)) {
      await this.#send();
    }
  }

  /** Whether a failed upload can go on where it stopped. */
  get canResume(): boolean {
    return this.#address !== null && this.file !== null;
  }

  /** Gives the upload up, here and on the server. */
  async cancel(): Promise<void> {
    const address = this.#address ?? readStored(this.#username)?.address ?? null;
    this.reset();
    forgetStored();
    if (address !== null) await cancelUpload(address);
  }

  /** Drops an interrupted upload that nobody wants to go on with. */
  async drop(stored: StoredUpload): Promise<void> {
    forgetStored();
    await cancelUpload(stored.address);
  }

  /** Ready for the next file. */
  reset(): void {
    this.#stop?.abort();
    this.phase = 'idle';
    this.file = null;
    this.sent = 0;
    this.problem = null;
    this.video = null;
    this.#address = null;
    this.#measure();
  }

  #begin(file: File, username: string): void {
    this.reset();
    this.file = file;
    this.#username = username;
    this.phase = 'opening';
  }

  #measure(): void {
    this.#rate.reset();
    this.bytesPerSecond = null;
    this.secondsLeft = null;
  }

  async #send(): Promise<void> {
    const { file } = this;
    if (file === null || this.#address === null) return;
    const stop = new AbortController();
    this.#stop = stop;
    this.phase = 'sending';
    this.problem = null;
    this.#measure();
    try {
      const answer = await sendFile(this.#address, file, {
        signal: stop.signal,
        onProgress: (sent) => this.#progress(sent, file.size),
        onWaiting: (ms) => {
          this.phase = ms > 0 ? 'waiting' : 'sending';
          this.#measure();
        },
      });
      forgetStored();
      this.video = answer?.video ?? null;
      this.phase = 'done';
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') return;
      this.#fail(error);
    }
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
    // Gone or refused for good: going on is impossible, so forget it.
    if (isProblem(error) && [400, 403, 404, 413, 415, 422].includes(error.status)) {
      forgetStored();
      this.#address = null;
    }
  }
}

export const upload = new Upload();

addEventListener('beforeunload', (event) => {
  if (upload.isUnderWay) event.preventDefault();
});
