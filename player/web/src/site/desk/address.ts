/** How do the filters of a page stand in its address, so that links and reloads keep them? */
import { queryOf } from '../api/http';
import { router } from '../router.svelte';

/** The address of this page with some of its query changed; empty values are left out. */
export function withQuery(changes: Readonly<Record<string, string | undefined>>): string {
  const query: Record<string, string | undefined> = Object.fromEntries(router.query);
  // Other filters show another list: from its beginning.
  delete query['page'];
  for (const [name, value] of Object.entries(changes)) {
    query[name] = value === '' ? undefined : value;
  }
  return router.path + queryOf(query);
}

/** Shows the same page with other filters; the hand stays where it is. */
export function filter(changes: Readonly<Record<string, string | undefined>>): void {
  router.go(withQuery(changes), { replace: true, focus: false });
}

export const given = (name: string): string | undefined => router.query.get(name) ?? undefined;
