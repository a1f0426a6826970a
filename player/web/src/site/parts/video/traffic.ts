/** What part of what was watched did viewers bring each other? Pure. */
import type { TrafficBytes } from '../../api/types';

/** From 0 to 1; 0 when nothing was watched. */
export function savedFraction({ httpBytes, p2pBytes }: TrafficBytes): number {
  const all = httpBytes + p2pBytes;
  return all > 0 ? p2pBytes / all : 0;
}
