/** What tests do with comments through the API: as anybody, quickly. */
import type { FarandoleServer, Uploaded } from './server.ts';

export interface Commented {
  readonly id: number;
  readonly threadId: number;
  readonly state: string;
}

/** Somebody who has signed in by program. */
export class Person {
  readonly #server: FarandoleServer;
  readonly #authorization: string;

  private constructor(server: FarandoleServer, token: string) {
    this.#server = server;
    this.#authorization = `Bearer ${token}`;
  }

  static async of(server: FarandoleServer, username: string, password: string): Promise<Person> {
    return new Person(server, (await server.tokens(username, password)).access_token);
  }

  /** How many notifications are new; they are told a moment after what they tell of. */
  async unread(): Promise<number> {
    const answer = await this.#server.api('/users/me/notifications?count=0&unread=true', {
      headers: { Authorization: this.#authorization },
    });
    return ((await answer.json()) as { total: number }).total;
  }

  /** Writes a comment, or an answer to one. */
  async comment(video: Uploaded, text: string, to: number | null = null): Promise<Commented> {
    const rest = to === null ? 'comment-threads' : `comments/${to}`;
    const answer = await this.#server.api(`/videos/${video.uuid}/${rest}`, {
      method: 'POST',
      body: JSON.stringify({ text }),
      headers: { Authorization: this.#authorization, 'Content-Type': 'application/json' },
    });
    return ((await answer.json()) as { comment: Commented }).comment;
  }
}

/** PeerTube's comment policies. */
export const POLICY = { enabled: 1, disabled: 2, approval: 3 } as const;

export async function setPolicy(server: FarandoleServer, video: Uploaded, policy: number): Promise<void> {
  await server.send('PUT', `/videos/${video.uuid}`, { commentsPolicy: policy });
}

/** Enough that no test runs into the brake on busy people. */
export const UNHURRIED = { COMMENTS__PER_PERSON: '10000', COMMENTS__PER_ADDRESS: '10000' };
