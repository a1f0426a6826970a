/** How do the comments of a thread stand under each other? Pure functions over lists of them. */
import type { ThreadTree, VideoComment } from '../api/comments';

/** The replies of a thread one after the other, as they were written. */
export function repliesOf(tree: ThreadTree): VideoComment[] {
  const found: VideoComment[] = [];
  const waiting = [...tree.children];
  for (let node = waiting.shift(); node !== undefined; node = waiting.shift()) {
    found.push(node.comment);
    waiting.push(...node.children);
  }
  return inOrder(found);
}

export function inOrder(comments: readonly VideoComment[]): VideoComment[] {
  return [...comments].sort(
    (a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt) || a.id - b.id,
  );
}

/** Both lists as one, in order; of a comment in both, the later version. */
export function merged(
  before: readonly VideoComment[],
  after: readonly VideoComment[],
): VideoComment[] {
  const byId = new Map([...before, ...after].map((comment) => [comment.id, comment]));
  return inOrder([...byId.values()]);
}

export function replaced(
  comments: readonly VideoComment[],
  changed: VideoComment,
): readonly VideoComment[] {
  return comments.map((comment) => (comment.id === changed.id ? changed : comment));
}

/** A comment as it stands after its deletion while replies hang on it. */
export function tombstone(comment: VideoComment): VideoComment {
  const gone = { text: '', html: '', isDeleted: true, state: 'deleted', account: null } as const;
  const bare = { moderation: null, pendingEdit: null, capabilities: null };
  return { ...comment, ...gone, ...bare, pinned: false, hearted: false };
}

/** What a thread is sorted by does not move while one looks; only what is pinned comes first. */
export function pinnedFirst(comments: readonly VideoComment[]): readonly VideoComment[] {
  const pinned = comments.filter((comment) => comment.pinned);
  return [...pinned, ...comments.filter((comment) => !comment.pinned)];
}

/** The beginning of an answer to a reply: who is spoken to, with the host when it is another. */
export function mentionOf(comment: VideoComment, ownHost: string): string {
  if (comment.account === null) return '';
  const { name, host } = comment.account;
  return host === ownHost || host === '' ? `@${name} ` : `@${name}@${host} `;
}

interface Named {
  readonly name: string;
  readonly displayName: string;
  readonly host: string;
}

/** Names for after an `@`: people who speak here, those who fit `typed` first by name. */
export function suggestions<Person extends Named>(
  people: readonly Person[],
  typed: string,
  most = 5,
): readonly Person[] {
  const wanted = typed.toLocaleLowerCase();
  const seen = new Set<string>();
  return people
    .filter(({ name, displayName, host }) => {
      const key = `${name}@${host}`;
      if (seen.has(key)) return false;
      seen.add(key);
      const words = displayName.toLocaleLowerCase().split(/\s+/);
      return name.toLocaleLowerCase().startsWith(wanted) || words.some((word) => word.startsWith(wanted));
    })
    .slice(0, most);
}

/** The name being typed before the caret (UTF-16 offset): where its `@` stands and what follows. */
export function mentionAt(text: string, caret: number): { start: number; typed: string } | null {
  const found = /(?:^|[\s(])@([\w.@-]*)$/.exec(text.slice(0, caret));
  if (found === null) return null;
  const typed = found[1] ?? '';
  return { start: caret - typed.length - 1, typed };
}
