/**
 * What the player plays, in its own words.
 *
 * Pages translate the REST API's answers into these shapes (`from-api.ts` does it);
 * nothing else in this folder knows how the API names things.
 */

/** A text track: captions or subtitles, as WebVTT. */
export interface Caption {
  /** BCP 47 language of the text, such as `fr`. */
  readonly language: string;
  /** The language's name for people. */
  readonly label: string;
  readonly url: string;
}

/** A named place in the video. */
export interface Chapter {
  readonly title: string;
  readonly startSeconds: number;
}

/** One sheet of small pictures, read left to right and top to bottom (PeerTube's `Storyboard`). */
export interface Storyboard {
  readonly url: string;
  readonly totalWidth: number;
  readonly totalHeight: number;
  readonly spriteWidth: number;
  readonly spriteHeight: number;
  /** Seconds of video each picture stands for. */
  readonly spriteSeconds: number;
}

/** What lets this viewer have a video that is not public. At most one is needed. */
export interface Access {
  /** `videoFileToken`: goes into the URL, so it also works where headers cannot be set. */
  readonly fileToken?: string;
  /** `x-peertube-video-password`. */
  readonly password?: string;
  /** OAuth2 access token of a signed-in viewer. */
  readonly bearer?: string;
}

/** On which terms viewers may send each other segments of a video. */
export interface SharingTerms {
  /** Whether a viewer is asked first. */
  readonly policy: 'ask' | 'on';
  readonly swarmId: string;
  /** The channel's Ed25519 key, 32 bytes in base64: from the API, never from where media lies. */
  readonly publicKey: string;
  readonly trackerUrls: readonly string[];
  readonly stunUrls: readonly string[];
  /** Viewers from which on the server brings them together. */
  readonly minViewers: number;
  /** Where false segments are reported. */
  readonly reportUrl: string;
}

/** A video, ready to be played. */
export interface PlayerVideo {
  /** UUID: the key under which the position is remembered. */
  readonly id: string;
  /** HLS master playlist. */
  readonly playlistUrl: string | null;
  /** A plain file to fall back to when there is no playlist. */
  readonly fileUrl: string | null;
  readonly title: string;
  readonly posterUrl: string | null;
  /** Probed length; 0 when unknown. */
  readonly durationSeconds: number;
  /** Width over height of the picture; 0 for sound alone. */
  readonly aspectRatio: number;
  /** Some renditions are still being made. */
  readonly growing: boolean;
  readonly captions: readonly Caption[];
  readonly chapters: readonly Chapter[];
  readonly storyboard: Storyboard | null;
  readonly access: Access;
  /** Null: every segment comes from the server. */
  readonly sharing: SharingTerms | null;
}

/** How playback begins and ends, as asked for by the page or by an embed's address. */
export interface PlayOptions {
  /** Null: where this viewer left off, else the beginning. */
  readonly startSeconds: number | null;
  readonly stopSeconds: number | null;
  readonly loop: boolean;
  readonly autoplay: boolean;
  readonly muted: boolean;
  /** Language of the caption to show at once. */
  readonly subtitle: string | null;
}

export const DEFAULT_PLAY_OPTIONS: PlayOptions = {
  startSeconds: null,
  stopSeconds: null,
  loop: false,
  autoplay: false,
  muted: false,
  subtitle: null,
};
