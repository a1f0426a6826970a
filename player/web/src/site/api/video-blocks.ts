/** The blocklist of videos, as PeerTube's REST API has it: for moderators. */
import { ask, tell } from './http';
import type { Page, Video } from './types';

/** Who keeps a video from the public: a moderator, or the server until one looked at it. */
export const BLOCK = { manual: 1, automatic: 2 } as const;
export type BlockType = (typeof BLOCK)[keyof typeof BLOCK];

export interface VideoBlock {
  readonly id: number;
  readonly type: BlockType;
  readonly reason: string | null;
  readonly internalNote: string | null;
  readonly video: Video;
  readonly createdAt: string;
}

export interface BlocksWanted {
  readonly start: number;
  readonly count: number;
  readonly type?: BlockType | undefined;
  readonly search?: string | undefined;
}

export interface BlockWords {
  /** For the owner. */
  readonly reason: string | null;
  /** For moderators. */
  readonly internalNote: string | null;
}

/** Oldest first where somebody waits, else newest first. */
export function listVideoBlocks({ start, count, type, search }: BlocksWanted): Promise<Page<VideoBlock>> {
  const sort = type === BLOCK.automatic ? 'createdAt' : '-createdAt';
  const query = { start, count, type, sort, search: search === '' ? undefined : search };
  return ask('/videos/blacklist', { query });
}

const blockOf = (uuid: string) => `/videos/${uuid}/blacklist`;

export function blockVideo(uuid: string, words: BlockWords): Promise<void> {
  return tell(blockOf(uuid), { method: 'POST', json: words });
}

export function explainBlock(uuid: string, words: BlockWords): Promise<void> {
  return tell(blockOf(uuid), { method: 'PUT', json: words });
}

export function unblockVideo(uuid: string): Promise<void> {
  return tell(blockOf(uuid), { method: 'DELETE' });
}
