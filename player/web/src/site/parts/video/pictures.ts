/** Which of a video's pictures fits? */
import { here } from '../../addresses';
import type { Video } from '../../api/types';

/** The smallest thumbnail that is sharp at `width` CSS pixels; older fields when there is none. */
export function thumbnailOf(video: Video, width: number): string | null {
  const wanted = width * Math.min(globalThis.devicePixelRatio ?? 1, 2);
  const bySize = [...(video.thumbnails ?? [])].sort((a, b) => a.width - b.width);
  const fitting = bySize.find((picture) => picture.width >= wanted) ?? bySize.at(-1);
  if (fitting !== undefined) return here(fitting.fileUrl);
  const [small, large] = [video.thumbnailPath ?? null, video.previewPath ?? null];
  return (wanted > 400 ? large : small) ?? small ?? large;
}

/** Which cell of a storyboard shows the moment at `fraction` of the video. */
export function storyboardCell(
  board: { totalWidth: number; totalHeight: number; spriteWidth: number; spriteHeight: number; spriteDuration: number },
  fraction: number,
  durationSeconds: number,
): { readonly column: number; readonly row: number; readonly columns: number; readonly rows: number } {
  const columns = Math.max(1, Math.floor(board.totalWidth / board.spriteWidth));
  const rows = Math.max(1, Math.floor(board.totalHeight / board.spriteHeight));
  // The sheet may have empty cells at its end: count what the video fills.
  const filled = Math.ceil(durationSeconds / Math.max(board.spriteDuration, 0.001));
  const cells = Math.max(1, Math.min(columns * rows, filled));
  const cell = Math.min(cells - 1, Math.max(0, Math.floor(fraction * cells)));
  return { column: cell % columns, row: Math.floor(cell / columns), columns, rows };
}
