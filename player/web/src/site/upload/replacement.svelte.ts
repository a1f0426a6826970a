/**
 * A new file for a video that is there already: one at a time, alive while the site is open. After
 * a reload the same file, chosen again, goes on where it was: the server knows it again.
 */
import { Transfer } from './transfer.svelte';

class Replacement extends Transfer {
  /** UUID of the video the file is for. */
  videoId = $state<string | null>(null);

  async start(videoId: string, file: File): Promise<void> {
    this.begin(file);
    this.videoId = videoId;
    const path = `/api/v1/videos/${encodeURIComponent(videoId)}/source/replace-resumable`;
    if (await this.open(path, {})) await this.send();
  }

  override reset(): void {
    super.reset();
    this.videoId = null;
  }
}

export const replacement = new Replacement();
