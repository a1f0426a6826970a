/** Where on the storyboard's sheet the picture of a moment lies. */
import type { Storyboard } from './types';

export interface Sprite {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The picture for `seconds`, the last one when the sheet ends earlier; null for a sheet that makes no sense. */
export function spriteAt(board: Storyboard, seconds: number): Sprite | null {
  const { spriteWidth: width, spriteHeight: height, spriteSeconds } = board;
  if (!(width > 0 && height > 0 && spriteSeconds > 0) || !Number.isFinite(seconds)) return null;
  const columns = Math.floor(board.totalWidth / width);
  const rows = Math.floor(board.totalHeight / height);
  if (columns < 1 || rows < 1) return null;
  const wanted = Math.floor(Math.max(0, seconds) / spriteSeconds);
  const index = Math.min(wanted, columns * rows - 1);
  return { x: (index % columns) * width, y: Math.floor(index / columns) * height, width, height };
}
