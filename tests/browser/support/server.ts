/** The real server: started on a free port with an empty data folder, stopped by its process id. */
import { type ChildProcess, spawn } from 'node:child_process';
import { openAsBlob } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const TARGET = process.env['CARGO_TARGET_DIR'] ?? join(import.meta.dirname, '../../../target');
export const BINARY = process.env['FARANDOLE_BIN'] ?? join(TARGET, 'debug/farandole');
export const ROOT_PASSWORD = 'a password for tests only';
const START_MS = 60_000;

export interface Uploaded {
  readonly id: number;
  readonly uuid: string;
  readonly shortUUID: string;
}

export interface UploadFields {
  readonly name: string;
  readonly privacy?: number;
  readonly passwords?: readonly string[];
  /** Access token of its owner; root's when left out. */
  readonly by?: string;
}

export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly expires_in: number;
}

interface Running {
  readonly url: string;
  readonly child: ChildProcess;
  readonly log: string[];
}

interface ApiVideo {
  readonly uuid: string;
  readonly state: { readonly id: number };
  readonly streamingPlaylists: readonly { readonly playlistUrl: string; readonly files: readonly object[] }[];
}

export class FarandoleServer {
  readonly url: string;
  #process: ChildProcess;
  readonly #folder: string;
  readonly #settings: Readonly<Record<string, string>>;
  #token: string | null = null;
  #log: string[];

  private constructor(
    { url, child, log }: Running,
    folder: string,
    settings: Readonly<Record<string, string>>,
  ) {
    this.url = url;
    this.#process = child;
    this.#log = log;
    this.#folder = folder;
    this.#settings = settings;
  }

  /** `settings`: configuration keys such as `TRANSCODING__PRESET`. */
  static async start(settings: Readonly<Record<string, string>> = {}): Promise<FarandoleServer> {
    const folder = await mkdtemp(join(tmpdir(), 'farandole-browser-'));
    return new FarandoleServer(await run(folder, '127.0.0.1:0', settings), folder, settings);
  }

  /** The end of what the server logged, for a test that failed. */
  get log(): string {
    return this.#log.join('').slice(-6_000);
  }

  async stop(): Promise<void> {
    await this.halt();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Ends the process and keeps its data, until `goOn`. */
  async halt(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const gone = new Promise((done) => this.#process.once('exit', done));
    this.#process.kill('SIGTERM');
    const patience = setTimeout(() => this.#process.kill('SIGKILL'), 12_000);
    await gone;
    clearTimeout(patience);
  }

  /** Starts again on the same data, under the same address. */
  async goOn(): Promise<void> {
    const listen = `127.0.0.1:${new URL(this.url).port}`;
    const { child, log } = await run(this.#folder, listen, this.#settings);
    this.#process = child;
    this.#log = log;
  }

  /** An access token of the root user. */
  async token(): Promise<string> {
    this.#token ??= (await this.tokens('root', ROOT_PASSWORD)).access_token;
    return this.#token;
  }

  async tokens(username: string, password: string): Promise<Tokens> {
    const client = (await (await fetch(`${this.url}/api/v1/oauth-clients/local`)).json()) as Record<string, string>;
    const answer = await fetch(`${this.url}/api/v1/users/token`, {
      method: 'POST',
      body: new URLSearchParams({ ...client, grant_type: 'password', username, password }),
    });
    if (!answer.ok) throw new Error(`log-in answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as Tokens;
  }

  /** Makes an ordinary user. */
  async user(username: string, password: string, videoQuota = -1): Promise<void> {
    await this.send('POST', '/users', {
      username,
      password,
      email: `${username}@example.org`,
      role: 2,
      videoQuota,
      videoQuotaDaily: -1,
    });
  }

  async send(method: 'POST' | 'PUT', path: string, json: object): Promise<void> {
    await this.api(path, { method, body: JSON.stringify(json), headers: { 'Content-Type': 'application/json' } });
  }

  async api(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { Authorization: `Bearer ${await this.token()}`, ...init.headers };
    const answer = await fetch(`${this.url}/api/v1${path}`, { ...init, headers });
    if (!answer.ok) throw new Error(`${init.method ?? 'GET'} ${path} answered ${answer.status}: ${await answer.text()}`);
    return answer;
  }

  async upload(file: string, { name, privacy = 1, passwords = [], by }: UploadFields): Promise<Uploaded> {
    const headers = { Authorization: `Bearer ${by ?? (await this.token())}` };
    const me = (await (await this.api('/users/me', { headers })).json()) as { videoChannels: { id: number }[] };
    const form = new FormData();
    form.set('name', name);
    form.set('channelId', String(me.videoChannels[0]?.id));
    form.set('privacy', String(privacy));
    passwords.forEach((password, i) => form.set(`videoPasswords[${i}]`, password));
    const type = file.endsWith('.m4a') ? 'audio/mp4' : 'video/mp4';
    form.set('videofile', await openAsBlob(file, { type }), basename(file));
    const answer = await this.api('/videos/upload', { method: 'POST', body: form, headers });
    return ((await answer.json()) as { video: Uploaded }).video;
  }

  async caption(video: Uploaded, language: string, file: string): Promise<void> {
    const form = new FormData();
    form.set('captionfile', await openAsBlob(file, { type: 'text/vtt' }), `${language}.vtt`);
    await this.api(`/videos/${video.uuid}/captions/${language}`, { method: 'PUT', body: form });
  }

  async video(id: string): Promise<ApiVideo> {
    return (await (await this.api(`/videos/${id}`)).json()) as ApiVideo;
  }

  /** Waits until a video is published with all its renditions. */
  async published(id: string, timeoutMs = 120_000): Promise<ApiVideo> {
    const until = Date.now() + timeoutMs;
    for (;;) {
      const video = await this.video(id);
      if (video.state.id === 1) return video;
      if (video.state.id === 7) throw new Error(`transcoding failed\n${this.log}`);
      if (Date.now() > until) throw new Error(`still in state ${video.state.id}\n${this.log}`);
      await new Promise((done) => setTimeout(done, 500));
    }
  }
}

async function run(
  folder: string,
  listen: string,
  settings: Readonly<Record<string, string>>,
): Promise<Running> {
  const keys = Object.entries(settings).map(([key, value]) => [`FARANDOLE__${key}`, value]);
  const child = spawn(BINARY, ['serve', '--data-dir', folder, '--listen', listen], {
    env: { ...process.env, FARANDOLE_ROOT_PASSWORD: ROOT_PASSWORD, ...Object.fromEntries(keys) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log: string[] = [];
  child.stderr?.on('data', (piece: Buffer) => log.push(piece.toString('utf8')));
  return { url: await readyAt(child, log), child, log };
}

async function readyAt(child: ChildProcess, log: readonly string[]): Promise<string> {
  return await new Promise((resolve, reject) => {
    let text = '';
    const giveUp = (why: string): void => {
      child.kill('SIGKILL');
      reject(new Error(`the server ${why}\n${text}${log.join('')}`));
    };
    const timer = setTimeout(() => giveUp('did not start in time'), START_MS);
    child.once('error', (error) => giveUp(`could not be run (${error.message}); set FARANDOLE_BIN`));
    child.once('exit', (code) => giveUp(`ended with ${code}`));
    child.stdout?.on('data', (piece: Buffer) => {
      text += piece.toString('utf8');
      const url = /ready at (http:\/\/\S+)/.exec(text)?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      child.removeAllListeners('exit');
      resolve(url);
    });
  });
}
