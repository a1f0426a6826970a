/**
 * Which renditions can be played while a video is still being made.
 *
 * Renditions of a growing video need not be equally far: a copied top rendition is
 * complete while the encoded ones still grow. Switching to one that is behind would
 * stall playback, so the engine asks here which ones it may use. Pure: fetching
 * the facts is `growth-watch.ts`, applying the answer is `engine.ts`.
 */

/** How far one rendition is made. */
export interface Edge {
  /** End of its last segment, in seconds. */
  readonly seconds: number;
  readonly complete: boolean;
  /** Longest segment, in seconds. */
  readonly targetSeconds: number;
}

/** The renditions that may be chosen automatically, as indexes into the bitrate-ordered list. */
export interface Window {
  readonly lowest: number;
  readonly highest: number;
}

/** What the server tells of a growing video's renditions, each by its playlist's file name. */
interface GrowthDocument {
  readonly targetDuration: number;
  readonly renditions: readonly { playlist: string; seconds: number; complete: boolean }[];
}

/** How far the renditions with these playlists are; null for one that has nothing to play yet. */
export function readEdges(text: string, playlists: readonly string[]): (Edge | null)[] {
  const { targetDuration, renditions } = JSON.parse(text) as GrowthDocument;
  return playlists.map((name) => {
    const found = renditions.find(({ playlist }) => playlist === name);
    if (found === undefined || (found.seconds <= 0 && !found.complete)) return null;
    return { seconds: found.seconds, complete: found.complete, targetSeconds: targetDuration };
  });
}

/** Where the server tells it: beside the master playlist, under a name like its own. */
export function growthUrl(masterUrl: string): string {
  const url = new URL(masterUrl);
  url.pathname = url.pathname.replace(/master\.m3u8$/, 'growth.json');
  return url.href;
}

/** The furthest moment any rendition has reached. */
export function madeSeconds(edges: readonly (Edge | null)[]): number {
  return edges.reduce((furthest, edge) => Math.max(furthest, edge?.seconds ?? 0), 0);
}

/** Segments a rendition must be ahead: with one alone, playback would soon have to leave it again. */
const LEAD_SEGMENTS = 3;

/**
 * Whether a rendition is a few segments ahead of `neededSeconds` (where the next segment
 * is wanted), or within a segment of the furthest one anyway.
 */
export function isAhead(edge: Edge | null, neededSeconds: number, furthest: number): boolean {
  const lead = Math.max(edge?.targetSeconds ?? 0, 1) * LEAD_SEGMENTS;
  return leads(edge, neededSeconds, lead, furthest);
}

/** Whether a rendition is made `lead` seconds beyond `position`, or within a segment of the furthest. */
export function leads(
  edge: Edge | null,
  position: number,
  lead: number,
  furthest: number,
): boolean {
  if (edge === null) return false;
  if (edge.complete) return true;
  return edge.seconds >= Math.min(furthest - Math.max(edge.targetSeconds, 1), position + lead);
}

/**
 * The run of renditions to choose from. hls.js takes a lower and an upper bound, so
 * of several separate runs the one that holds the furthest rendition wins.
 */
export function playableWindow(edges: readonly (Edge | null)[], neededSeconds: number): Window {
  const everything = { lowest: 0, highest: Math.max(0, edges.length - 1) };
  const furthest = madeSeconds(edges);
  if (furthest === 0) return everything;
  const ahead = edges.map((edge) => isAhead(edge, neededSeconds, furthest));
  const anchor = edges.findLastIndex(
    (edge, index) => ahead[index] === true && edge?.seconds === furthest,
  );
  if (anchor < 0) return everything;
  let lowest = anchor;
  while (lowest > 0 && ahead[lowest - 1] === true) lowest -= 1;
  let highest = anchor;
  while (highest + 1 < edges.length && ahead[highest + 1] === true) highest += 1;
  return { lowest, highest };
}

/**
 * The highest rendition worth loading for a picture `pixels` high on screen: the
 * smallest that fills it. Bounded by the window, which may leave no choice.
 */
export function capForSize(heights: readonly number[], pixels: number, window: Window): Window {
  if (pixels <= 0) return window;
  const fills = heights.findIndex((height) => height >= pixels);
  const cap = fills < 0 ? heights.length - 1 : fills;
  return { lowest: window.lowest, highest: Math.max(window.lowest, Math.min(window.highest, cap)) };
}
