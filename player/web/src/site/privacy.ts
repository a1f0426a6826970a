/** What are the privacies called in the language of the site? The server's labels are English. */
import { type Constant, PRIVACY } from './api/types';
import { say, type Word } from './words.svelte';

const NAMES: Readonly<Record<number, Word>> = {
  [PRIVACY.public]: 'privacy.public',
  [PRIVACY.unlisted]: 'privacy.unlisted',
  [PRIVACY.internal]: 'privacy.internal',
  [PRIVACY.password]: 'privacy.password',
  [PRIVACY.private]: 'privacy.private',
};

export function privacyName({ id, label }: Constant<number>): string {
  const word = NAMES[id];
  return word === undefined ? label : say(word);
}
