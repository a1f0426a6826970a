/**
 * What this browser remembers between visits: volume, speed, caption language,
 * measured bandwidth, and where each video was left.
 *
 * Nothing of it leaves the browser. Storage that is full, blocked or garbled is
 * the same as an empty one.
 */

/** The part of `Storage` needed here, so that tests bring their own. */
export type KeyValue = Pick<Storage, 'getItem' | 'setItem'>;

export interface Preferences {
  readonly volume: number;
  readonly muted: boolean;
  readonly speed: number;
  /** Language of the caption last chosen; empty: none. */
  readonly caption: string;
  /** Last measured bandwidth in bit/s; 0: never measured. */
  readonly bandwidthBps: number;
}

export const DEFAULT_PREFERENCES: Preferences = {
  volume: 1,
  muted: false,
  speed: 1,
  caption: '',
  bandwidthBps: 0,
};

const PREFERENCES_KEY = 'farandole-player';
const POSITIONS_KEY = 'farandole-positions';
/** The oldest positions go first beyond this many. */
const MAX_POSITIONS = 200;
/** Positions this close to the start are not worth a jump. */
const MIN_POSITION_SECONDS = 5;

type Positions = Record<string, { at: number; on: number }>;

export class Memory {
  readonly #storage: KeyValue | null;
  readonly #now: () => number;

  constructor(storage: KeyValue | null, now: () => number) {
    this.#storage = storage;
    this.#now = now;
  }

  preferences(): Preferences {
    const stored = this.#read(PREFERENCES_KEY);
    const number = (key: keyof Preferences, min: number, max: number): number => {
      const value = stored[key];
      const fallback = DEFAULT_PREFERENCES[key] as number;
      return typeof value === 'number' && value >= min && value <= max ? value : fallback;
    };
    return {
      volume: number('volume', 0, 1),
      muted: stored['muted'] === true,
      speed: number('speed', 0.25, 4),
      caption: typeof stored['caption'] === 'string' ? stored['caption'] : '',
      bandwidthBps: number('bandwidthBps', 1, 1e10),
    };
  }

  remember(change: Partial<Preferences>): void {
    this.#write(PREFERENCES_KEY, { ...this.preferences(), ...change });
  }

  /** Where `videoId` was left, in seconds; null to begin at the beginning. */
  position(videoId: string): number | null {
    return this.#positions()[videoId]?.at ?? null;
  }

  /** Keeps the position, or forgets it near the start and near the end. */
  leaveAt(videoId: string, seconds: number, durationSeconds: number): void {
    const positions = this.#positions();
    const nearEnd = durationSeconds > 0 && seconds > endZone(durationSeconds);
    if (seconds < MIN_POSITION_SECONDS || nearEnd) {
      if (!(videoId in positions)) return;
      delete positions[videoId];
    } else {
      positions[videoId] = { at: Math.floor(seconds), on: this.#now() };
    }
    const newest = Object.entries(positions)
      .sort(([, a], [, b]) => b.on - a.on)
      .slice(0, MAX_POSITIONS);
    this.#write(POSITIONS_KEY, Object.fromEntries(newest));
  }

  #positions(): Positions {
    const kept: Positions = {};
    for (const [id, value] of Object.entries(this.#read(POSITIONS_KEY))) {
      if (typeof value !== 'object' || value === null) continue;
      const { at, on } = value as Record<string, unknown>;
      if (typeof at === 'number' && typeof on === 'number') kept[id] = { at, on };
    }
    return kept;
  }

  #read(key: string): Record<string, unknown> {
    try {
      const parsed: unknown = JSON.parse(this.#storage?.getItem(key) ?? '{}');
      return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
    } catch {
      return {};
    }
  }

  #write(key: string, value: object): void {
    try {
      this.#storage?.setItem(key, JSON.stringify(value));
    } catch {
      // Full or forbidden: the video plays on, it is only not remembered.
    }
  }
}

/** From here on a video counts as seen: the last 5 %, between 5 and 60 seconds. */
function endZone(durationSeconds: number): number {
  return durationSeconds - Math.min(60, Math.max(5, durationSeconds * 0.05));
}

/** The browser's own storage, or null where the browser refuses it. */
export function browserStorage(): KeyValue | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
