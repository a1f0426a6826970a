/** What does a permission of a plugin mean, in words? */
import { deskSay, type DeskWord } from './words.svelte';

const WORDS: Readonly<Record<string, DeskWord>> = {
  config: 'right.config',
  store: 'right.store',
  author: 'right.author',
  log: 'right.log',
  tag: 'right.tag',
  hold: 'right.hold',
  reject: 'right.reject',
  notify: 'right.notify',
};

export function permissionName(permission: string): string {
  const host = /^http:(.+)$/.exec(permission)?.[1];
  if (host !== undefined) return deskSay('right.http', { host });
  const word = WORDS[permission];
  return word === undefined ? permission : deskSay(word);
}
