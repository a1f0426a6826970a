/**
 * How is a file of this server reached from this page? The API writes whole addresses under the
 * server's public one; opened under another name (an IP address, a tunnel), the page may only ask
 * its own origin, so what is ours is asked for by path.
 */
import type { PlayerVideo } from '../player/types';
import { bootstrap } from './bootstrap';

export function here(address: string, publicUrl = bootstrap.publicUrl): string {
  const isOurs = publicUrl !== '' && address.startsWith(`${publicUrl}/`);
  return isOurs ? address.slice(publicUrl.length) : address;
}

/** As `here`, for an address of a socket, which stays whole: `wss:` for `https:`. */
function socketHere(address: string, publicUrl: string): string {
  const path = here(address.replace(/^ws/, 'http'), publicUrl);
  return path.startsWith('/') ? location.origin.replace(/^http/, 'ws') + path : address;
}

/** The same video by addresses that this page may ask. */
export function reachable(video: PlayerVideo, publicUrl = bootstrap.publicUrl): PlayerVideo {
  const local = (address: string) => here(address, publicUrl);
  const maybe = (address: string | null) => (address === null ? null : local(address));
  const { storyboard, sharing } = video;
  return {
    ...video,
    playlistUrl: maybe(video.playlistUrl),
    fileUrl: maybe(video.fileUrl),
    posterUrl: maybe(video.posterUrl),
    captions: video.captions.map((track) => ({ ...track, url: local(track.url) })),
    storyboard: storyboard === null ? null : { ...storyboard, url: local(storyboard.url) },
    sharing:
      sharing === null
        ? null
        : {
            ...sharing,
            trackerUrls: sharing.trackerUrls.map((address) => socketHere(address, publicUrl)),
            reportUrl: local(sharing.reportUrl),
          },
  };
}
