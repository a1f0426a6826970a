/** Reads the parameters of an embed's address, under the names PeerTube gives them. */
import { parseTime } from './time';
import type { PlayOptions } from './types';

export interface EmbedOptions extends PlayOptions {
  /** Show the title while nothing plays yet. */
  readonly title: boolean;
  readonly controls: boolean;
  /** Show the mark that leads to the video's page (`peertubeLink`, `link`). */
  readonly link: boolean;
  /** May share with other viewers; a page can only forbid it (`p2p=0`). */
  readonly sharing: boolean;
}

export function parseEmbedOptions(query: URLSearchParams): EmbedOptions {
  const start = parseTime(query.get('start'));
  const stop = parseTime(query.get('stop'));
  return {
    startSeconds: start,
    stopSeconds: stop !== null && stop > (start ?? 0) ? stop : null,
    loop: flag(query.get('loop'), false),
    autoplay: flag(query.get('autoplay'), false),
    muted: flag(query.get('muted'), false),
    subtitle: query.get('subtitle'),
    title: flag(query.get('title'), true),
    controls: flag(query.get('controls'), true),
    link: flag(query.get('peertubeLink') ?? query.get('link'), true),
    sharing: flag(query.get('p2p'), true),
  };
}

/** `1`, `true` and a bare name mean yes, `0` and `false` mean no, anything else the default. */
function flag(value: string | null, fallback: boolean): boolean {
  if (value === '1' || value === 'true' || value === '') return true;
  if (value === '0' || value === 'false') return false;
  return fallback;
}
