/**
 * The shapes of the REST API that the site reads: PeerTube's `/api/v1` schemas, only the fields
 * in use, plus our own `transcoding` progress.
 */

export interface Constant<T> {
  readonly id: T;
  readonly label: string;
}

export interface Page<T> {
  readonly total: number;
  readonly data: readonly T[];
}

export interface ActorImage {
  readonly fileUrl?: string;
  readonly path?: string;
  readonly width?: number;
}

export interface ActorSummary {
  readonly id: number;
  readonly name: string;
  readonly displayName: string;
  readonly host: string;
  readonly url?: string;
  readonly avatars?: readonly ActorImage[];
}

export interface Account extends ActorSummary {
  readonly description?: string | null;
  readonly followersCount?: number;
  readonly createdAt?: string;
}

/** How far viewers may share with each other; the strictest of video, channel and site holds. */
export type SharingPolicy = 'off' | 'ask' | 'on';

export interface Channel extends Account {
  readonly support?: string | null;
  readonly isLocal?: boolean;
  readonly banners?: readonly ActorImage[];
  readonly ownerAccount?: Account;
  /** Null: as the site. */
  readonly p2pPolicy?: SharingPolicy | null;
  /** What new videos of the channel begin with: one of PeerTube's comment policies. */
  readonly commentsPolicy?: number;
  readonly commentsSlowModeSeconds?: number;
}

export interface Thumbnail {
  readonly fileUrl: string;
  readonly width: number;
  readonly height: number;
}

/** PeerTube's video states; the ones a person can meet here. */
export const STATE = { published: 1, toTranscode: 2, failed: 7 } as const;

/** PeerTube's privacies. */
export const PRIVACY = {
  public: 1,
  unlisted: 2,
  private: 3,
  internal: 4,
  password: 5,
} as const;

export interface Video {
  readonly id: number;
  readonly uuid: string;
  readonly shortUUID: string;
  readonly name: string;
  readonly duration: number;
  readonly aspectRatio?: number | null;
  readonly views: number;
  readonly nsfw: boolean;
  readonly createdAt: string;
  readonly publishedAt: string;
  readonly originallyPublishedAt?: string | null;
  readonly truncatedDescription?: string | null;
  readonly thumbnailPath?: string | null;
  readonly previewPath?: string | null;
  readonly thumbnails?: readonly Thumbnail[];
  readonly embedPath: string;
  /** Told to those who manage the video. */
  readonly scheduledUpdate?: { readonly updateAt: string; readonly privacy?: number } | null;
  readonly isLocal?: boolean;
  readonly isLive?: boolean;
  /** Moderation keeps it from the public. */
  readonly blacklisted?: boolean | null;
  /** Why: told to those who manage the video. */
  readonly blacklistedReason?: string | null;
  /** 1 blocked by a moderator, 2 until a moderator looked at it; null when a text of it waits. */
  readonly blacklistedType?: number | null;
  /** It was taken down: told to those who manage the video. */
  readonly takenDown?: boolean;
  readonly state?: Constant<number>;
  readonly privacy?: Constant<number>;
  readonly category?: Constant<number | null>;
  readonly licence?: Constant<number | null>;
  readonly language?: Constant<string | null>;
  readonly channel: Channel;
  readonly account: Account;
}

export interface VideoFile {
  readonly id: number;
  readonly resolution: Constant<number>;
  readonly size: number;
  readonly fps: number;
  readonly fileUrl?: string | null;
  readonly fileDownloadUrl?: string | null;
  readonly hasAudio?: boolean;
  readonly hasVideo?: boolean;
}

export interface StreamingPlaylist {
  readonly id: number;
  readonly playlistUrl: string;
  readonly files: readonly VideoFile[];
}

export interface VideoDetails extends Video {
  readonly description?: string | null;
  readonly support?: string | null;
  readonly tags?: readonly string[];
  readonly downloadEnabled: boolean;
  /** Null: what videos of its kind have; told to those who manage it. */
  readonly p2pPolicy?: SharingPolicy | null;
  readonly commentsPolicy?: Constant<number>;
  /** Seconds between two comments of one person; 0: no such rule. */
  readonly commentsSlowModeSeconds?: number;
  readonly files?: readonly VideoFile[];
  readonly streamingPlaylists?: readonly StreamingPlaylist[];
}

export interface Caption {
  readonly language: Constant<string>;
  readonly captionPath?: string;
  readonly fileUrl?: string;
  readonly updatedAt?: string;
  /** For the owner and moderators: what was sent in its place. */
  readonly replacement?: Withheld;
}

/** What waits for a moderator, or was refused; meanwhile everybody sees what was there before. */
export type Withheld = 'held' | 'rejected';

export interface Chapter {
  readonly timecode: number;
  readonly title: string;
}

export interface Chapters {
  readonly chapters: readonly Chapter[];
  /** For the owner and moderators: what was sent in their place. */
  readonly replacement?: Withheld;
}

export interface Storyboard {
  readonly fileUrl?: string;
  readonly storyboardPath?: string;
  readonly totalHeight: number;
  readonly totalWidth: number;
  readonly spriteHeight: number;
  readonly spriteWidth: number;
  readonly spriteDuration: number;
}

export interface VideoPassword {
  readonly id: number;
  readonly password: string;
}

/** PeerTube's user roles. */
export const ROLE = { administrator: 0, moderator: 1, user: 2 } as const;

export interface User {
  readonly id: number;
  readonly username: string;
  readonly email: string;
  readonly role: Constant<number>;
  readonly adminFlags?: number;
  readonly blocked?: boolean;
  readonly blockedReason?: string | null;
  readonly videoQuota: number;
  readonly videoQuotaDaily: number;
  readonly videoQuotaUsed?: number;
  readonly createdAt?: string;
  readonly account: Account;
  readonly videoChannels?: readonly Channel[];
  /** How each kind of notification is told: bits, 1 in the site, 2 by mail. */
  readonly notificationSettings?: Readonly<Record<string, number>>;
  readonly p2pEnabled: boolean;
  /** Whether that is the user's own choice, not the site's default. */
  readonly p2pChosen: boolean;
}

/** Bytes of renditions: sent by the server, and between viewers. */
export interface TrafficBytes {
  readonly httpBytes: number;
  readonly p2pBytes: number;
  readonly uploadedBytes: number;
}

export interface Traffic {
  readonly total: TrafficBytes;
  /** Oldest first; `date` such as `2026-11-22`. */
  readonly days: readonly (TrafficBytes & { readonly date: string })[];
}

export interface ServerTraffic extends Traffic {
  /** Those of which most bytes went. */
  readonly videos: readonly (TrafficBytes & {
    readonly uuid: string;
    readonly shortUUID: string;
    readonly name: string;
  })[];
}

/** `GET /api/v1/videos/{id}/transcoding`: ours, not PeerTube's. */
export interface Transcoding {
  readonly state: 'waiting' | 'growing' | 'complete' | 'failed';
  readonly playable: boolean;
  readonly error?: string | null;
  readonly renditions: readonly {
    readonly label: string;
    readonly resolution: number;
    readonly percent: number;
    readonly done: boolean;
  }[];
  readonly positionMs: number;
  readonly durationMs: number;
  readonly speed?: number | null;
  readonly fps?: number | null;
  readonly etaMs?: number | null;
}

/** The file a video was made from. */
export interface VideoSource {
  readonly inputFilename: string;
  readonly size: number;
  readonly width?: number | null;
  readonly height?: number | null;
  readonly createdAt: string;
}

/** Answer to a finished upload. */
export interface Uploaded {
  readonly video: { readonly id: number; readonly uuid: string; readonly shortUUID: string };
}
