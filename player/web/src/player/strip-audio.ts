/**
 * Takes the sound out of a fragmented MP4 piece without moving a byte.
 *
 * Renditions carry the default sound track beside the picture. To play another track,
 * which comes as files of its own, that one has to go: a MediaSource takes one sound
 * track, and hls.js 1.7.4 does not separate muxed fMP4 (seen: playback stands still).
 * Boxes of the sound track are renamed `free` (ISO/IEC 14496-12, 8.1.2), which every
 * parser skips; offsets into the media data stay true because nothing changes its size.
 */

interface Box {
  readonly type: string;
  /** Position of the box itself. */
  readonly at: number;
  /** Position of its content. */
  readonly body: number;
  readonly end: number;
}

/** Strips init segments and media segments; one instance per rendition, since it remembers ids. */
export class AudioStripper {
  readonly #audioIds = new Set<number>();

  /** Renames the sound track's boxes in `data`, in place. */
  strip(data: ArrayBuffer): void {
    const view = new DataView(data);
    for (const box of boxes(view, 0, view.byteLength)) {
      if (box.type === 'moov') this.#stripMovie(view, box);
      else if (box.type === 'moof') this.#stripFragment(view, box);
    }
  }

  #stripMovie(view: DataView, movie: Box): void {
    for (const track of boxes(view, movie.body, movie.end)) {
      if (track.type !== 'trak' || handlerOf(view, track) !== 'soun') continue;
      this.#audioIds.add(trackIdOf(view, track));
      free(view, track);
    }
    for (const extends_ of boxes(view, movie.body, movie.end)) {
      if (extends_.type !== 'mvex') continue;
      for (const box of boxes(view, extends_.body, extends_.end)) {
        // trex: version and flags, then the track's id.
        if (box.type === 'trex' && this.#audioIds.has(view.getUint32(box.body + 4))) free(view, box);
      }
    }
  }

  #stripFragment(view: DataView, fragment: Box): void {
    for (const part of boxes(view, fragment.body, fragment.end)) {
      if (part.type !== 'traf') continue;
      const header = boxes(view, part.body, part.end).find(({ type }) => type === 'tfhd');
      if (header !== undefined && this.#audioIds.has(view.getUint32(header.body + 4))) free(view, part);
    }
  }
}

function boxes(view: DataView, from: number, to: number): Box[] {
  const found: Box[] = [];
  let at = from;
  while (at + 8 <= to) {
    const short = view.getUint32(at);
    const long = short === 1 && at + 16 <= to;
    const size = long ? Number(view.getBigUint64(at + 8)) : short === 0 ? to - at : short;
    const body = at + (long ? 16 : 8);
    // A piece cut off in the middle, or no MP4 at all: what was found so far is all there is.
    if (size < body - at || at + size > to) break;
    found.push({ type: typeAt(view, at + 4), at, body, end: at + size });
    at += size;
  }
  return found;
}

function typeAt(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(at + i)));
}

function child(view: DataView, parent: Box, type: string): Box | undefined {
  return boxes(view, parent.body, parent.end).find((box) => box.type === type);
}

/** `vide`, `soun` …: mdia/hdlr, after version, flags and a reserved word. */
function handlerOf(view: DataView, track: Box): string {
  const media = child(view, track, 'mdia');
  const handler = media === undefined ? undefined : child(view, media, 'hdlr');
  return handler === undefined ? '' : typeAt(view, handler.body + 8);
}

/** tkhd: the id follows two times, whose size depends on the version. */
function trackIdOf(view: DataView, track: Box): number {
  const header = child(view, track, 'tkhd');
  if (header === undefined) return 0;
  return view.getUint32(header.body + (view.getUint8(header.body) === 1 ? 20 : 12));
}

function free(view: DataView, box: Box): void {
  ['f', 'r', 'e', 'e'].forEach((letter, i) => view.setUint8(box.at + 4 + i, letter.charCodeAt(0)));
}
