/** Plugins, as the REST API has them: installed packages, what they may do, and how they fare. */
import { ask, tell } from './http';
import type { Span } from './moderation';
import type { Page } from './types';

export interface Plugin {
  readonly name: string;
  readonly version: string;
  readonly enabled: boolean;
  readonly title: string;
  readonly description: string;
  readonly homepage: string;
  readonly license: string | null;
  readonly sha256: string;
  /** `judge`, `on_event`. */
  readonly hooks: readonly string[];
  /** What it asks leave for, such as `config` or `http:example.org`. */
  readonly permissions: readonly string[];
  readonly storeBytes: number;
  /** What was granted of it. */
  readonly grants: readonly string[];
  readonly settings: Readonly<Record<string, unknown>>;
  /** Called in all channels but `channels`, rather than in those only. */
  readonly everywhere: boolean;
  readonly channels: readonly string[];
  /** Why the server switched it off. */
  readonly disabledReason: string | null;
}

export interface Change {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly storeBytesBefore: number;
  readonly storeBytesAfter: number;
}

export interface Uploaded {
  readonly name: string;
  readonly version: string;
  readonly title: string;
  readonly sha256: string;
  /** What it asks leave for. */
  readonly permissions: readonly string[];
  readonly storeBytes: number;
  /** None for a plugin that was not there. */
  readonly change: Change | null;
}

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly type: string;
  /** Text, with `&lt;` and the like for clients that take it for HTML. */
  readonly descriptionHTML: string;
  readonly default: unknown;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly required: boolean;
}

export interface Line {
  readonly id: number;
  readonly at: string;
  readonly level: string;
  /** The kind of a failure. */
  readonly kind: string | null;
  readonly line: string;
}

export interface Tried {
  readonly action: string;
  readonly reasons: readonly { readonly text: string; readonly span: Span | null }[];
  readonly tags: readonly string[];
  readonly failure: string | null;
  readonly micros: number;
}

const MOST = 100;
const at = (name: string, rest = '') => `/plugins/${encodeURIComponent(name)}${rest}`;

/** In the order in which they are called. */
export async function listPlugins(): Promise<readonly Plugin[]> {
  return (await ask<Page<Plugin>>('/plugins', { query: { start: 0, count: MOST } })).data;
}

export function getPlugin(name: string): Promise<Plugin> {
  return ask(at(name));
}

/** Installs a package, or puts a new version in place; `dryRun` only says what would change. */
export function uploadPackage(file: Blob, dryRun: boolean): Promise<Uploaded> {
  return ask('/plugins/packages', {
    method: 'POST',
    query: { dryRun },
    file,
    headers: { 'content-type': 'application/wasm' },
  });
}

/** The same with a package from an address; any other file than that of the checksum is refused. */
export function fetchPackage(url: string, sha256: string, dryRun: boolean): Promise<Uploaded> {
  return ask('/plugins/packages/fetch', { method: 'POST', query: { dryRun }, json: { url, sha256 } });
}

export function uninstallPlugin(name: string): Promise<void> {
  return tell('/plugins/uninstall', { method: 'POST', json: { npmName: name } });
}

export function setGrants(name: string, grants: readonly string[]): Promise<void> {
  return tell(at(name, '/grants'), { method: 'PUT', json: { grants } });
}

export function setEnabled(name: string, enabled: boolean): Promise<void> {
  return tell(at(name, '/enabled'), { method: 'PUT', json: { enabled } });
}

export function setChannels(name: string, everywhere: boolean, channels: readonly string[]): Promise<void> {
  return tell(at(name, '/channels'), { method: 'PUT', json: { everywhere, channels } });
}

export function setOrder(names: readonly string[]): Promise<void> {
  return tell('/plugins/order', { method: 'PUT', json: { names } });
}

export async function getFields(name: string): Promise<readonly Field[]> {
  const answer = await ask<{ registeredSettings: readonly Field[] }>(at(name, '/registered-settings'));
  return answer.registeredSettings;
}

export function saveSettings(name: string, settings: Readonly<Record<string, unknown>>): Promise<void> {
  return tell(at(name, '/settings'), { method: 'PUT', json: { settings } });
}

export function getLog(
  name: string,
  failures: boolean,
  { start, count }: { start: number; count: number },
): Promise<Page<Line>> {
  const query = { start, count, failures: failures ? true : undefined };
  return ask(at(name, '/logs'), { query });
}

/** Lets a plugin judge a text; nothing is kept of it. */
export async function tryPlugin(name: string, text: string): Promise<Tried | null> {
  const json = { texts: [text], format: 'plain' };
  const { results } = await ask<{ results: readonly Tried[] }>(at(name, '/try'), { method: 'POST', json });
  return results[0] ?? null;
}

/** Begins to try a plugin on the text of so many days; the id is that of a preview. */
export async function previewPlugin(name: string, days: number): Promise<number> {
  const begun = await ask<{ id: number }>(at(name, '/preview'), { method: 'POST', json: { days } });
  return begun.id;
}
