/**
 * The upload of a new video: one at a time, alive while the site is open, whatever page is shown,
 * and remembered across a reload.
 */
import type { Uploaded } from '../api/types';
import { cancelUpload, type Opening } from './resumable';
import { forgetStored, keepStored, readStored, type StoredUpload } from './stored';
import { Transfer } from './transfer.svelte';

const PATH = '/api/v1/videos/upload-resumable';

class Upload extends Transfer {
  video = $state.raw<Uploaded['video'] | null>(null);

  /** An upload that a reload interrupted, if there is one to go on with. */
  interrupted(username: string): StoredUpload | null {
    return this.phase === 'idle' ? readStored(username) : null;
  }

  async start(file: File, fields: Opening, username: string): Promise<void> {
    this.begin(file);
    if (!(await this.open(PATH, fields)) || this.address === null) return;
    keepStored({
      address: this.address,
      name: file.name,
      size: file.size,
      modified: file.lastModified,
      startedAt: Date.now(),
      username,
    });
    await this.send();
  }

  /** Goes on after a reload; `file` must be the one the upload was started with. */
  async goOn(stored: StoredUpload, file: File): Promise<void> {
    this.begin(file);
    this.address = stored.address;
    await this.send();
  }

  override async cancel(): Promise<void> {
    forgetStored();
    await super.cancel();
  }

  /** Drops an interrupted upload that nobody wants to go on with. */
  async drop(stored: StoredUpload): Promise<void> {
    forgetStored();
    await cancelUpload(stored.address);
  }

  override reset(): void {
    super.reset();
    this.video = null;
  }

  protected override arrived(answer: Uploaded | null): void {
    forgetStored();
    this.video = answer?.video ?? null;
  }

  protected override refused(): void {
    forgetStored();
  }
}

export const upload = new Upload();
