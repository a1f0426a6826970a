/** Names for renditions, and how much picture the screen can show. Pure. */

/** What is known of a rendition from the master playlist. */
export interface Rendition {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
}

/** What the viewer asked for: the player's choice, sound alone, or one rendition by index. */
export type Choice = 'auto' | 'audio' | number;

/** `720p`, `1080p60`: by the shorter side, so that a portrait video is named like its landscape twin. */
export function renditionLabel({ width, height, fps }: Rendition): string {
  const shorter = width > 0 ? Math.min(width, height) : height;
  return fps > 31 ? `${shorter}p${Math.round(fps)}` : `${shorter}p`;
}

/** Height in device pixels at which a picture of this shape is drawn inside a box. */
export function drawnHeight(
  box: { readonly width: number; readonly height: number },
  aspectRatio: number,
  pixelRatio: number,
): number {
  if (!(aspectRatio > 0) || box.width <= 0 || box.height <= 0) return 0;
  return Math.round(Math.min(box.height, box.width / aspectRatio) * pixelRatio);
}
