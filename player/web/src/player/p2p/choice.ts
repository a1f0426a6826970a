/** May this viewer's player share, and must it ask first? Pure, beside the place the answer is kept in. */
import type { KeyValue } from '../memory';
import type { SharingTerms } from '../types';

export type Answer = 'yes' | 'no';
/** `ask`: nobody has answered; nothing is shared until somebody does. */
export type Decision = 'off' | 'ask' | 'on';

/**
 * What this browser was told wins over what the account says, and both over the video's policy,
 * which a viewer can only narrow: without terms nothing is shared.
 */
export function decide(
  terms: Pick<SharingTerms, 'policy'> | null,
  answered: Answer | null,
  account: Answer | null,
): Decision {
  if (terms === null) return 'off';
  const answer = answered ?? account;
  if (answer !== null) return answer === 'yes' ? 'on' : 'off';
  return terms.policy;
}

/** What an account says: nothing, until its owner chose. */
export function accountAnswer(account: { p2pEnabled: boolean; p2pChosen: boolean }): Answer | null {
  if (!account.p2pChosen) return null;
  return account.p2pEnabled ? 'yes' : 'no';
}

const KEY = 'farandole.p2p';

/** The answer kept in this browser; null when nobody was asked, or storage is refused. */
export function readAnswer(storage: Pick<KeyValue, 'getItem'> | null): Answer | null {
  try {
    const value = storage?.getItem(KEY) ?? null;
    return value === 'yes' || value === 'no' ? value : null;
  } catch {
    return null;
  }
}

export function keepAnswer(storage: KeyValue | null, answer: Answer): void {
  try {
    storage?.setItem(KEY, answer);
  } catch {
    // Full or forbidden: the answer holds as long as the page is open.
  }
}
