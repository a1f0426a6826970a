/** Who is signed in? One object for the whole site; the tokens themselves are in `api/tokens`. */
import { ask, isProblem } from './api/http';
import { getMe } from './api/people';
import { keepTokens, onTokensChanged, readTokens, requestTokens } from './api/tokens';
import { ROLE, type User } from './api/types';

class Session {
  /** The signed-in user, once known. */
  user = $state<User | null>(null);
  /** False only while a kept token is being turned into a user. */
  known = $state(readTokens() === null);

  get isAdmin(): boolean {
    return this.user?.role.id === ROLE.administrator;
  }

  /** Whether everybody's texts are theirs to judge: moderators and administrators. */
  get isModerator(): boolean {
    return this.isAdmin || this.user?.role.id === ROLE.moderator;
  }

  /** Whether this person suspends and readmits `other`: moderators those without a role only. */
  manages(other: { readonly role: { readonly id: number } }): boolean {
    return this.isAdmin || (this.isModerator && other.role.id === ROLE.user);
  }

  /** Whether this browser can still speak for somebody. */
  holdsTokens(): boolean {
    return readTokens() !== null;
  }

  /** Reads the user behind the kept token; signed out when there is none. */
  async load(): Promise<void> {
    try {
      this.user = readTokens() === null ? null : await getMe();
    } catch (error) {
      // Only a refusal says that nobody is signed in; an unreachable server says nothing.
      if (isProblem(error) && error.status === 401) {
        keepTokens(null);
        this.user = null;
      }
    } finally {
      this.known = true;
    }
  }

  /** Throws a `Problem` when name or password are refused. */
  async logIn(username: string, password: string): Promise<void> {
    await requestTokens({ grant_type: 'password', username, password });
    this.user = await getMe();
    this.known = true;
  }

  /** Signed out here even when the server cannot be reached. */
  async logOut(): Promise<void> {
    try {
      await ask('/users/revoke-token', { method: 'POST' });
    } catch {
      // The token runs out by itself.
    }
    keepTokens(null);
    this.user = null;
  }
}

export const session = new Session();

onTokensChanged(() => void session.load());
