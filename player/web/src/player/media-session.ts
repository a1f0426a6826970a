/** Tells the system what plays: lock screens, headset buttons, media keys. */
import type { PlayerVideo } from './types';

const SKIP_SECONDS = 10;

/** Shows `video` in the system's controls; they seek through `seekTo`. */
export function showInSystem(
  video: PlayerVideo,
  media: HTMLVideoElement,
  seekTo: (seconds: number) => void,
): void {
  if (!('mediaSession' in navigator)) return;
  const { mediaSession } = navigator;
  mediaSession.metadata = new MediaMetadata({
    title: video.title,
    artwork: video.posterUrl === null ? [] : [{ src: video.posterUrl }],
  });
  const skip = (sign: 1 | -1) => (details: MediaSessionActionDetails): void =>
    seekTo(media.currentTime + sign * (details.seekOffset ?? SKIP_SECONDS));
  mediaSession.setActionHandler('seekbackward', skip(-1));
  mediaSession.setActionHandler('seekforward', skip(1));
  mediaSession.setActionHandler('seekto', (details) => {
    if (details.seekTime !== undefined) seekTo(details.seekTime);
  });
}
