/** Where may the signed-in person moderate? Asked once for all pages of the desk. */
import { getScopes, type MyScopes, type Scope } from '../api/moderation';

class Scopes {
  mine = $state.raw<MyScopes | null>(null);
  problem = $state.raw<unknown>(null);
  #of: number | null = null;

  /** Asks for `userId`, again when it is somebody else. */
  async load(userId: number): Promise<void> {
    if (this.#of !== userId) this.mine = null;
    this.#of = userId;
    try {
      const found = await getScopes();
      if (this.#of === userId) this.mine = found;
      this.problem = null;
    } catch (error) {
      this.problem = error;
    }
  }
}

export const scopes = new Scopes();

/** The desk of an address: the site's under `/admin`, else that of the channel it names. */
export function scopeOf(path: string, channel: string | null, mine: MyScopes): Scope | null {
  if (path.startsWith('/admin/')) return mine.instance ? { kind: 'instance' } : null;
  const found = channel === null ? mine.channels[0] : mine.channels.find(({ name }) => name === channel);
  return found === undefined ? null : { kind: 'channel', handle: found.name };
}

export type DeskPage =
  | 'overview'
  | 'queue'
  | 'reports'
  | 'videos'
  | 'takedowns'
  | 'registrations'
  | 'blocks'
  | 'lists'
  | 'answers'
  | 'audit'
  | 'moderators';

/** The address of a page of a desk. */
export function deskHref(scope: Scope, page: DeskPage, rest = ''): string {
  const base = scope.kind === 'instance' ? '/admin/moderation' : '/my-library/moderation';
  const path = (page === 'queue' ? base : `${base}/${page}`) + rest;
  return scope.kind === 'instance' ? path : `${path}?channel=${encodeURIComponent(scope.handle)}`;
}
