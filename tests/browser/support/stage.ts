/**
 * A stage for the player alone: the few API answers and HLS files it asks for, with
 * every failure and every state of growth that a test wants to see.
 *
 * The real server is tested in the `server-*.spec.ts` files; here a test decides to the
 * second how far each rendition is.
 */
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { clip, HEIGHTS, STAGE_SECONDS } from './clips.ts';

const DIST = join(import.meta.dirname, '../../../player/dist');
const POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; worker-src 'self'; " +
  "media-src 'self' blob:; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'";
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.m3u8': 'application/vnd.apple.mpegurl',
  '.mp4': 'video/mp4',
  '.vtt': 'text/vtt',
  '.jpg': 'image/jpeg',
  '.woff2': 'font/woff2',
  '.svg': 'image/svg+xml',
};

export type Rendition = `v${(typeof HEIGHTS)[number]}` | 'audio' | 'french';

/** How far a rendition is: `headStart` seconds at once, then `speed` seconds every second. */
export interface Growth {
  readonly headStart: number;
  readonly speed: number;
}

export class Stage {
  lang = 'en';
  direction: 'ltr' | 'rtl' = 'ltr';
  /** What the video is; a test changes it before or while it plays. */
  uuid = '11111111-2222-4333-8444-555555555555';
  generation = 'g1';
  aspectRatio = 16 / 9;
  password: string | null = null;
  state: 'ready' | 'waiting' | 'failed' = 'ready';
  /** Renditions in the master, and two sound tracks when asked for. */
  renditions: readonly Rendition[] = ['v720', 'v480', 'v240', 'audio'];
  twoSoundTracks = false;
  growth: Partial<Record<Rendition, Growth>> = {};
  /** A status to answer media requests with, instead of media. */
  breakMedia: number | null = null;
  /** `breakMedia` ends when the player asks for the video's description again. */
  healsWhenAsked = false;
  readonly views: { currentTime: number; viewEvent?: string }[] = [];
  /** Path and query of every request, in order. */
  readonly requests: string[] = [];
  #growthStart = Date.now();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async open(): Promise<Stage> {
    const stage = new Stage();
    await new Promise<void>((done) => stage.#server.listen(0, '127.0.0.1', done));
    return stage;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  embedUrl(query = ''): string {
    return `${this.url}/videos/embed/${this.uuid}${query}`;
  }

  /** The clock of `growth` starts now. */
  grow(growth: Partial<Record<Rendition, Growth>>): void {
    this.growth = growth;
    this.#growthStart = Date.now();
  }

  /** Seconds made of a rendition. */
  edge(name: Rendition): number {
    const growth = this.growth[name];
    if (growth === undefined) return STAGE_SECONDS;
    const passed = (Date.now() - this.#growthStart) / 1000;
    return Math.min(STAGE_SECONDS, growth.headStart + growth.speed * passed);
  }

  get complete(): boolean {
    return this.renditions.every((name) => this.edge(name) >= STAGE_SECONDS);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    this.requests.push(url.pathname + url.search);
    const path = url.pathname;
    if (path.startsWith('/client/')) return sendFile(join(DIST, normalize(path.slice(8))), request, response);
    if (path.startsWith('/videos/embed/')) return this.#page(response);
    if (path.startsWith('/api/v1/videos/')) return this.#api(path, request, response);
    if (path.startsWith('/static/')) return this.#media(path, request, response);
    if (path.startsWith('/files/')) return sendFile(clip(normalize(path.slice(7))), request, response);
    send(response, path === '/favicon.ico' ? 204 : 404, 'text/plain', '');
  }

  #page(response: ServerResponse): void {
    const manifest = JSON.parse(readFileSync(join(DIST, 'manifest.json'), 'utf8')) as Record<
      string,
      { file: string; css?: string[]; imports?: string[] }
    >;
    const entry = manifest['src/embed/main.ts'];
    const styles = new Set<string>();
    const collect = (key: string): void => {
      manifest[key]?.css?.forEach((file) => styles.add(file));
      manifest[key]?.imports?.forEach(collect);
    };
    collect('src/embed/main.ts');
    const links = [...styles].map((file) => `<link rel="stylesheet" href="/client/${file}">`);
    response.setHeader('Content-Security-Policy', POLICY);
    send(
      response,
      200,
      'text/html; charset=utf-8',
      `<!doctype html><html lang="${this.lang}" dir="${this.direction}"><head><meta charset="utf-8"><title>Stage</title>
       <meta name="viewport" content="width=device-width">${links.join('')}
       <script type="module" src="/client/${entry?.file}"></script></head><body></body></html>`,
    );
  }

  async #api(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const given = request.headers['x-peertube-video-password'];
    if (path.endsWith('/views')) {
      this.views.push(JSON.parse(await body(request)) as { currentTime: number });
      return send(response, 204, 'text/plain', '');
    }
    if (this.password !== null && given !== this.password) {
      const code = given === undefined ? 'video_requires_password' : 'incorrect_video_password';
      return sendJson(response, 403, { status: 403, code });
    }
    const answers: Record<string, unknown> = {
      captions: { total: 2, data: [captionOf('en', 'English'), captionOf('fr', 'Français')] },
      storyboards: { storyboards: [STORYBOARD] },
      chapters: { chapters: [{ title: 'Opening', timecode: 0 }, { title: 'The rest', timecode: 30 }] },
      token: { files: { token: 'stage-token', expires: new Date(Date.now() + 1e7).toISOString() } },
    };
    const name = path.split('/')[5] ?? '';
    if (name === '' && this.healsWhenAsked) this.breakMedia = null;
    sendJson(response, 200, name === '' ? this.#details() : (answers[name] ?? {}));
  }

  #details(): object {
    const id = this.state === 'failed' ? 7 : this.complete && this.state === 'ready' ? 1 : 2;
    const playlistUrl = `${this.url}/static/streaming-playlists/hls/${this.uuid}/${this.generation}/master.m3u8`;
    return {
      uuid: this.uuid,
      name: 'A video on the stage',
      duration: STAGE_SECONDS,
      aspectRatio: this.aspectRatio,
      previewPath: '/files/stage/poster.jpg',
      state: { id, label: '' },
      privacy: { id: this.password === null ? 1 : 5, label: '' },
      files: [],
      streamingPlaylists: this.state === 'ready' ? [{ playlistUrl }] : [],
    };
  }

  #media(path: string, request: IncomingMessage, response: ServerResponse): void {
    const name = path.split('/').at(-1) ?? '';
    if (this.breakMedia !== null) return send(response, this.breakMedia, 'text/plain', '');
    if (path.split('/').at(-2) !== this.generation) return send(response, 404, 'text/plain', '');
    const given = request.headers['x-peertube-video-password'];
    if (this.password !== null && given !== this.password) return send(response, 403, 'text/plain', '');
    if (name === 'master.m3u8') return send(response, 200, TYPES['.m3u8'] ?? '', this.#master());
    if (name === 'growth.json') return sendJson(response, 200, this.#growth());
    if (name.endsWith('.m3u8')) {
      const text = this.#playlist(name.replace('.m3u8', '') as Rendition);
      return send(response, 200, TYPES['.m3u8'] ?? '', text);
    }
    return sendFile(clip(join('stage', name)), request, response);
  }

  #master(): string {
    const lines = ['#EXTM3U', '#EXT-X-VERSION:7', '#EXT-X-INDEPENDENT-SEGMENTS'];
    const group = this.twoSoundTracks ? ',AUDIO="sound"' : '';
    if (this.twoSoundTracks) {
      const track = '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",CHANNELS="2",AUTOSELECT=YES';
      lines.push(
        `${track},NAME="English",LANGUAGE="en",DEFAULT=YES`,
        `${track},NAME="Français",LANGUAGE="fr",DEFAULT=NO,URI="french.m3u8"`,
      );
    }
    for (const name of this.renditions) {
      const height = Number(name.slice(1));
      lines.push(
        name === 'audio'
          ? '#EXT-X-STREAM-INF:BANDWIDTH=110000,CODECS="mp4a.40.2"'
          : `#EXT-X-STREAM-INF:BANDWIDTH=${height * 1100 + 110000},RESOLUTION=${evenWidth(height)}x${height},FRAME-RATE=25.000,CODECS="avc1.42c01f,mp4a.40.2"${group}`,
        `${name}.m3u8`,
      );
    }
    return `${lines.join('\n')}\n`;
  }

  /** As the server tells it: how far the playlists of the renditions reach. */
  #growth(): object {
    const renditions = this.renditions.map((name) => {
      const lengths = this.#playlist(name).matchAll(/#EXTINF:([\d.]+)/g);
      const seconds = [...lengths].reduce((sum, [, length]) => sum + Number(length), 0);
      return { playlist: `${name}.m3u8`, seconds, complete: this.edge(name) >= STAGE_SECONDS };
    });
    return { targetDuration: 2, renditions };
  }

  /** The beginning of a finished playlist, as far as the rendition is made. */
  #playlist(name: Rendition): string {
    const whole = readFileSync(clip(`stage/${name}.m3u8`), 'utf8').trim().split('\n');
    const edge = this.edge(name);
    if (edge >= STAGE_SECONDS) return `${whole.join('\n')}\n`;
    const made: string[] = [];
    let seconds = 0;
    for (const line of whole) {
      if (line.startsWith('#EXTINF:')) {
        seconds += Number.parseFloat(line.slice(8));
        if (seconds > edge) break;
      }
      if (line === '#EXT-X-ENDLIST') break;
      made.push(line.replace('PLAYLIST-TYPE:VOD', 'PLAYLIST-TYPE:EVENT'));
    }
    made.splice(2, 0, '#EXT-X-START:TIME-OFFSET=0,PRECISE=YES');
    return `${made.join('\n')}\n`;
  }
}

function evenWidth(height: number): number {
  return Math.round((height * 16) / 9 / 2) * 2;
}

const STORYBOARD = {
  fileUrl: '/files/stage/storyboard.jpg',
  totalWidth: 1152,
  totalHeight: 540,
  spriteWidth: 192,
  spriteHeight: 108,
  spriteDuration: 2,
};

function captionOf(id: string, label: string): object {
  return { language: { id, label }, fileUrl: `/files/${id}.vtt`, automaticallyGenerated: false };
}

function send(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' });
  response.end(text);
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  send(response, status, 'application/json', JSON.stringify(value));
}

function sendFile(path: string, request: IncomingMessage, response: ServerResponse): void {
  let size: number;
  try {
    size = statSync(path).size;
  } catch {
    return send(response, 404, 'text/plain', '');
  }
  const type = TYPES[extname(path)] ?? 'application/octet-stream';
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  if (range === null) {
    response.writeHead(200, { 'Content-Type': type, 'Content-Length': size });
    createReadStream(path).pipe(response);
    return;
  }
  const start = Number(range[1]);
  const end = Math.min(range[2] === '' ? size - 1 : Number(range[2]), size - 1);
  response.writeHead(206, {
    'Content-Type': type,
    'Content-Length': end - start + 1,
    'Content-Range': `bytes ${start}-${end}/${size}`,
  });
  createReadStream(path, { start, end }).pipe(response);
}

async function body(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString('utf8');
}
