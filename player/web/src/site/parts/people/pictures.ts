/** Which picture of an account or channel is shown large? */
import { here } from '../../addresses';
import type { ActorImage } from '../../api/types';

export function pictureOf(images: readonly ActorImage[] | undefined): string | null {
  const largest = [...(images ?? [])].sort((a, b) => (b.width ?? 0) - (a.width ?? 0))[0];
  return largest ? here(largest.fileUrl ?? largest.path ?? '') : null;
}
