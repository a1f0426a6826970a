/** Which answers are kept ready? Asked once for each desk, again when they were changed. */
import type { Scope } from '../api/moderation';
import { type Answer, listAnswers } from '../api/review';

const keyOf = (scope: Scope) => (scope.kind === 'instance' ? '' : scope.handle);

class KeptAnswers {
  all = $state.raw<Readonly<Record<string, readonly Answer[]>>>({});
  readonly #asked = new Set<string>();

  of(scope: Scope): readonly Answer[] {
    return this.all[keyOf(scope)] ?? [];
  }

  /** Reads them, unless they are here or on their way. Without them one writes oneself. */
  async want(scope: Scope): Promise<void> {
    const key = keyOf(scope);
    if (this.#asked.has(key)) return;
    this.#asked.add(key);
    try {
      await this.load(scope);
    } catch {
      this.#asked.delete(key);
    }
  }

  async load(scope: Scope): Promise<readonly Answer[]> {
    const found = await listAnswers(scope);
    // A channel's desk shows those of the site too: it asks anew.
    const others = scope.kind === 'instance' ? {} : this.all;
    if (scope.kind === 'instance') this.#asked.clear();
    this.#asked.add(keyOf(scope));
    this.all = { ...others, [keyOf(scope)]: found };
    return found;
  }
}

export const kept = new KeptAnswers();

/** The text with an answer put to its end. */
export function withAnswer(text: string, answer: string, longest: number): string {
  const before = text.trimEnd();
  const whole = before === '' ? answer : `${before}\n\n${answer}`;
  return [...whole].slice(0, longest).join('');
}
