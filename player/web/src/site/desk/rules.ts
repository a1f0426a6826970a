/** What does a list do, in words, and what does an empty one begin with? */
import type { Action, ListFields, Mode, Option, WordList } from '../api/lists';
import type { DeskWord } from './words.svelte';

export const MODE_WORDS: Readonly<Record<Mode, DeskWord>> = {
  whole_word: 'mode.wholeWord',
  prefix: 'mode.prefix',
  substring: 'mode.substring',
  phrase: 'mode.phrase',
  regex: 'mode.regex',
};

export const ACTION_WORDS: Readonly<Record<Action, DeskWord>> = {
  tag: 'action.tag',
  hold: 'action.hold',
  reject: 'action.reject',
  'block-author': 'action.blockAuthor',
  'time-out': 'action.timeOut',
};

/** A list that does nothing yet: it is tried before it is switched on. */
export function emptyList(name: string, language: string | null): ListFields {
  return {
    name,
    language,
    options: ['confusables', 'separators', 'repeats', 'bidi'],
    action: 'hold',
    timeOutMinutes: null,
    surfaces: [],
    expiresAt: null,
    enabled: false,
  };
}

/** What is sent of a list when it is changed. */
export function fieldsOf(list: WordList): ListFields {
  const { name, language, options, action, timeOutMinutes, surfaces, expiresAt, enabled } = list;
  return { name, language, options, action, timeOutMinutes, surfaces, expiresAt, enabled };
}

export const OPTION_WORDS: Readonly<Record<Option, readonly [DeskWord, DeskWord]>> = {
  confusables: ['option.confusables', 'option.confusablesHint'],
  leet: ['option.leet', 'option.leetHint'],
  separators: ['option.separators', 'option.separatorsHint'],
  repeats: ['option.repeats', 'option.repeatsHint'],
  bidi: ['option.bidi', 'option.bidiHint'],
};

/** Over which time stored texts are looked at. */
export const DAYS = [1, 7, 30, 90, 365] as const;
