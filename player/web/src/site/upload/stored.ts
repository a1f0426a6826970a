/**
 * What does the browser remember of an upload, so that it can go on after a reload? The address
 * of the upload and what the file was; never the file itself, which the person picks again.
 */

const KEY = 'farandole.upload';

/** Servers forget unfinished uploads after a while; so do we. */
const LIFETIME_MS = 24 * 3600 * 1000;

export interface StoredUpload {
  /** Path and query of the upload on this server. */
  readonly address: string;
  readonly name: string;
  readonly size: number;
  /** `File.lastModified`, epoch milliseconds. */
  readonly modified: number;
  readonly startedAt: number;
  /** Who started it: another person on the same browser must not go on with it. */
  readonly username: string;
}

export function readStored(username: string, now = Date.now()): StoredUpload | null {
  try {
    const value = JSON.parse(localStorage.getItem(KEY) ?? 'null') as Partial<StoredUpload> | null;
    if (value === null || value.username !== username) return null;
    const { address, name, size, modified, startedAt } = value;
    if (!address?.startsWith('/api/v1/videos/') || name === undefined) return null;
    if (typeof size !== 'number' || typeof modified !== 'number') return null;
    if (typeof startedAt !== 'number' || now - startedAt > LIFETIME_MS) return null;
    return { address, name, size, modified, startedAt, username };
  } catch {
    return null;
  }
}

export function keepStored(upload: StoredUpload): void {
  localStorage.setItem(KEY, JSON.stringify(upload));
}

export function forgetStored(): void {
  localStorage.removeItem(KEY);
}

/** Whether `file` is the one the upload was started with. */
export function isSameFile(stored: StoredUpload, file: File): boolean {
  return (
    file.name === stored.name && file.size === stored.size && file.lastModified === stored.modified
  );
}
