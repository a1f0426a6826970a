/**
 * Where do the OAuth2 tokens live? In `localStorage`, shared by all tabs; a refresh is made once
 * however many requests wait for it. Who is signed in is `session`'s business.
 */
import { type Problem, problemOf } from './problem';

const KEY = 'farandole.tokens';

export interface Tokens {
  readonly access: string;
  readonly refresh: string;
  /** Epoch milliseconds after which the access token is not worth sending. */
  readonly expiresAt: number;
}

interface TokenAnswer {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly expires_in: number;
}

type Grant =
  | { grant_type: 'password'; username: string; password: string }
  | { grant_type: 'refresh_token'; refresh_token: string };

export function readTokens(): Tokens | null {
  try {
    const text = localStorage.getItem(KEY);
    if (text === null) return null;
    const value: Partial<Tokens> = JSON.parse(text) as Partial<Tokens>;
    if (!value.access || !value.refresh || typeof value.expiresAt !== 'number') return null;
    return { access: value.access, refresh: value.refresh, expiresAt: value.expiresAt };
  } catch {
    return null;
  }
}

export function keepTokens(tokens: Tokens | null): void {
  if (tokens === null) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, JSON.stringify(tokens));
}

/** Calls back when another tab signs in or out. */
export function onTokensChanged(callback: () => void): void {
  addEventListener('storage', (event) => {
    if (event.key === KEY || event.key === null) callback();
  });
}

/** Asks for tokens (RFC 6749, 4.3 and 6) and keeps them. Throws a `Problem`. */
export async function requestTokens(grant: Grant, now = Date.now()): Promise<Tokens> {
  const client = await fetch('/api/v1/oauth-clients/local');
  if (!client.ok) throw await problemOf(client);
  const credentials = (await client.json()) as { client_id: string; client_secret: string };
  const response = await fetch('/api/v1/users/token', {
    method: 'POST',
    body: new URLSearchParams({ ...credentials, response_type: 'code', ...grant }),
  });
  if (!response.ok) throw await problemOf(response);
  const answer = (await response.json()) as TokenAnswer;
  const tokens = {
    access: answer.access_token,
    refresh: answer.refresh_token,
    // A minute early: a token must not run out on its way.
    expiresAt: now + Math.max(answer.expires_in - 60, 5) * 1000,
  };
  keepTokens(tokens);
  return tokens;
}

let refreshing: Promise<Tokens | null> | null = null;

/**
 * A token that can be sent now, renewed when it is about to run out or when `stale` names the one
 * the server refused. `null` when nobody is signed in any more.
 */
export async function freshToken(stale?: string): Promise<string | null> {
  const tokens = readTokens();
  if (tokens === null) return null;
  if (tokens.access !== stale && tokens.expiresAt > Date.now()) return tokens.access;
  refreshing ??= renew(tokens).finally(() => (refreshing = null));
  return (await refreshing)?.access ?? null;
}

async function renew(tokens: Tokens): Promise<Tokens | null> {
  try {
    return await requestTokens({ grant_type: 'refresh_token', refresh_token: tokens.refresh });
  } catch (error) {
    const { status } = error as Problem;
    // Refused for good: sign out. A network failure or a busy server changes nothing.
    if (status === 400 || status === 401) {
      // Another tab may have renewed meanwhile, which made our refresh token an old one.
      const current = readTokens();
      if (current !== null && current.refresh !== tokens.refresh) return current;
      keepTokens(null);
      return null;
    }
    throw error;
  }
}
