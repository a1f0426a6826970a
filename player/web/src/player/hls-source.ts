/**
 * hls.js, set up for a site that plays recordings, some of them still being made.
 *
 * hls.js takes a growing EVENT playlist for a live stream. Seen in its code (1.7.4): it
 * may start at the edge, seek to a "live sync position" when a rendition is behind the
 * playhead, and give the media an infinite duration. All of that is switched off here.
 */
import Hls, {
  ErrorDetails,
  ErrorTypes,
  type ErrorData,
  type FragmentLoaderConstructor,
  type FragmentLoaderContext,
  type HlsConfig,
  type LoaderCallbacks,
  type LoaderConfiguration,
  type LoaderResponse,
} from 'hls.js';
import workerUrl from 'hls.js/dist/hls.worker.js?url';
import { authorize } from './access';
import { problemOfStatus, type Problem } from './problem';
import { AudioStripper } from './strip-audio';
import type { Access } from './types';

/** Plays from where it is told to: without a live position hls.js never jumps to the edge. */
export class SteadyHls extends Hls {
  override get liveSyncPosition(): number | null {
    return null;
  }
}

export function hlsSupported(): boolean {
  return Hls.isSupported();
}

/** First guess of the bandwidth where none was measured yet: enough for 720p. */
const FIRST_GUESS_BPS = 3_000_000;

const FEW_RETRIES = {
  maxTimeToFirstByteMs: 10_000,
  maxLoadTimeMs: 60_000,
  timeoutRetry: { maxNumRetry: 2, retryDelayMs: 0, maxRetryDelayMs: 0 },
  // More patience, with a word to the viewer, is in `recovery.ts`.
  errorRetry: { maxNumRetry: 2, retryDelayMs: 500, maxRetryDelayMs: 4_000 },
};

/** What a source needs of its surroundings. */
export interface SourceFacts {
  /** Address of the playlist that is opened. */
  readonly baseUrl: string;
  readonly bandwidthBps: number;
  access(): Access;
  /** Bytes of media came from the server. */
  received(bytes: number): void;
}

export function hlsConfig({ baseUrl, bandwidthBps, access, received }: SourceFacts): Partial<HlsConfig> {
  return {
    workerPath: workerUrl,
    autoStartLoad: false,
    liveDurationInfinity: false,
    maxLiveSyncPlaybackRate: 1,
    lowLatencyMode: false,
    // hls.js's own value, said aloud: sharing sets what it finds unsaid (`p2p/`).
    liveSyncDurationCount: 3,
    backBufferLength: 60,
    maxMaxBufferLength: 60,
    abrEwmaDefaultEstimate: bandwidthBps > 0 ? bandwidthBps : FIRST_GUESS_BPS,
    testBandwidth: false,
    // Captions come from the API as files of their own (`captions.ts`).
    enableWebVTT: false,
    enableIMSC1: false,
    enableCEA708Captions: false,
    emeEnabled: false,
    manifestLoadPolicy: { default: FEW_RETRIES },
    playlistLoadPolicy: { default: FEW_RETRIES },
    fragLoadPolicy: { default: FEW_RETRIES },
    xhrSetup: (xhr, url) => {
      const request = authorize(url, baseUrl, access());
      xhr.open('GET', request.url, true);
      for (const [name, value] of Object.entries(request.headers)) {
        xhr.setRequestHeader(name, value);
      }
      if (new URL(url, baseUrl).pathname.endsWith('.mp4')) countBytes(xhr, received);
    },
  };
}

/** Counts what arrives, also of a load that is given up. */
function countBytes(xhr: XMLHttpRequest, received: (bytes: number) => void): void {
  let counted = 0;
  const count = ({ loaded }: ProgressEvent): void => {
    // An aborted load ends with zero.
    if (loaded <= counted) return;
    received(loaded - counted);
    counted = loaded;
  };
  xhr.addEventListener('progress', count);
  xhr.addEventListener('loadend', count);
}

/** A sound track by what the playlist says of it. */
export interface SoundChoice {
  readonly name: string;
  readonly lang?: string;
}

/**
 * Takes the sound beside the picture out of what is loaded, so that another track, which comes as
 * files of its own, can play in its place. One for each hls.js: it remembers what init segments say.
 */
export class SoundSwap {
  /** Settings for hls.js. */
  readonly config: Partial<HlsConfig>;
  readonly #strippers = new Map<number, AudioStripper>();

  constructor(choice: SoundChoice) {
    this.config = { audioPreference: choice, fLoader: this.wrap(null) };
  }

  /** Fragment loads by `loader` (null: hls.js's own), with the sound beside the picture taken out. */
  wrap(loader: FragmentLoaderConstructor | null): FragmentLoaderConstructor {
    const Base = (loader ?? Hls.DefaultConfig.loader) as FragmentLoaderConstructor;
    const stripped = (context: FragmentLoaderContext, response: LoaderResponse): LoaderResponse =>
      this.#stripped(context, response);
    return class extends Base {
      override load(
        context: FragmentLoaderContext,
        config: LoaderConfiguration,
        callbacks: LoaderCallbacks<FragmentLoaderContext>,
      ): void {
        const onSuccess: typeof callbacks.onSuccess = (response, ...rest) =>
          callbacks.onSuccess(stripped(context, response), ...rest);
        super.load(context, config, { ...callbacks, onSuccess });
      }
    };
  }

  #stripped({ frag }: FragmentLoaderContext, response: LoaderResponse): LoaderResponse {
    const { data } = response;
    if (frag.type !== 'main' || !(data instanceof ArrayBuffer)) return response;
    const stripper = this.#strippers.get(frag.level) ?? new AudioStripper();
    this.#strippers.set(frag.level, stripper);
    // A copy: viewers give each other what came, not what is left of it.
    const copy = data.slice(0);
    stripper.strip(copy);
    return { ...response, data: copy };
  }
}

/** The problem behind a failure of hls.js; null for one it deals with itself. */
export function problemOf(data: ErrorData): Problem | null {
  const status = data.response?.code ?? 0;
  const refused = problemOfStatus(status);
  // No rendition will answer differently: do not let hls.js try them one by one.
  if (status > 0 && (refused === 'access' || refused === 'gone')) return refused;
  if (!data.fatal) return null;
  if (data.type === ErrorTypes.NETWORK_ERROR) {
    return data.details === ErrorDetails.MANIFEST_PARSING_ERROR ? 'server' : refused;
  }
  if (data.details === ErrorDetails.MANIFEST_INCOMPATIBLE_CODECS_ERROR) return 'unsupported';
  return 'decode';
}
