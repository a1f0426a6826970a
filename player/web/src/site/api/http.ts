/** How does the site ask the server? `fetch` with the token, the errors and the JSON taken care of. */
import { networkProblem, Problem, problemOf } from './problem';
import { freshToken } from './tokens';

export interface Ask {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly json?: unknown;
  readonly form?: FormData;
  /** Bytes as they are; their type is that of the blob, unless `headers` say otherwise. */
  readonly file?: Blob;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** Asks `/api/v1{path}` and reads its JSON. Throws a `Problem`. */
export async function ask<T>(path: string, options: Ask = {}): Promise<T> {
  const response = await send(path, options);
  return (await response.json()) as T;
}

/** Asks for an effect; whatever the answer's body holds is dropped. Throws a `Problem`. */
export async function tell(path: string, options: Ask): Promise<void> {
  await send(path, options);
}

/** Asks for a file and gives it to the browser to keep: what a link cannot, the token is sent with it. */
export async function download(
  path: string,
  query: NonNullable<Ask['query']>,
  fileName: string,
): Promise<void> {
  const response = await send(path, { query });
  const address = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName;
  link.click();
  // Long enough for the slowest of browsers to have begun.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

async function send(path: string, options: Ask): Promise<Response> {
  const token = await freshToken();
  let response = await attempt(path, options, token);
  if (response.status === 401 && token !== null) {
    const renewed = await freshToken(token);
    if (renewed !== null && renewed !== token) response = await attempt(path, options, renewed);
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

async function attempt(path: string, options: Ask, token: string | null): Promise<Response> {
  const headers = new Headers(options.headers);
  if (token !== null) headers.set('authorization', `Bearer ${token}`);
  let body: BodyInit | null = options.form ?? options.file ?? null;
  if (options.json !== undefined) {
    headers.set('content-type', 'application/json');
    body = JSON.stringify(options.json);
  }
  try {
    return await fetch(`/api/v1${path}${queryOf(options.query)}`, {
      method: options.method ?? 'GET',
      headers,
      body,
      signal: options.signal ?? null,
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw networkProblem();
  }
}

export function queryOf(query: Ask['query']): string {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) pairs.set(name, String(value));
  }
  const text = pairs.toString();
  return text === '' ? '' : `?${text}`;
}

export function isProblem(error: unknown): error is Problem {
  return error instanceof Problem;
}
