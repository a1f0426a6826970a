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
  type LoaderContext,
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

export function hlsConfig(
  baseUrl: string,
  access: () => Access,
  bandwidthBps: number,
): Partial<HlsConfig> {
  return {
    workerPath: workerUrl,
    autoStartLoad: false,
    liveDurationInfinity: false,
    maxLiveSyncPlaybackRate: 1,
    lowLatencyMode: false,
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
    },
  };
}

/** A sound track by what the playlist says of it. */
export interface SoundChoice {
  readonly name: string;
  readonly lang?: string;
}

/** Plays a sound track that comes as files of its own, in place of the one beside the picture. */
export function otherSound(choice: SoundChoice): Partial<HlsConfig> {
  return { audioPreference: choice, fLoader: strippingLoader() };
}

/** hls.js types its default loader for any context, and hands it fragments. */
type PlainCallbacks = LoaderCallbacks<LoaderContext>;

/** Fragment loads of the picture, with the sound beside it taken out. */
function strippingLoader(): FragmentLoaderConstructor {
  const strippers = new Map<number, AudioStripper>();
  const Loader = Hls.DefaultConfig.loader;
  return class extends Loader {
    override load(
      context: FragmentLoaderContext,
      config: LoaderConfiguration,
      callbacks: LoaderCallbacks<FragmentLoaderContext>,
    ): void {
      const { level, type } = context.frag;
      if (type !== 'main') {
        super.load(context, config, callbacks as PlainCallbacks);
        return;
      }
      const stripper = strippers.get(level) ?? new AudioStripper();
      strippers.set(level, stripper);
      const onSuccess: typeof callbacks.onSuccess = (response, ...rest) => {
        if (response.data instanceof ArrayBuffer) stripper.strip(response.data);
        callbacks.onSuccess(response, ...rest);
      };
      super.load(context, config, { ...callbacks, onSuccess } as PlainCallbacks);
    }
  } as unknown as FragmentLoaderConstructor;
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
