/** What did somebody paste? One entry a line; what a list cannot hold is named. */
import type { EntryFields, Mode } from '../api/lists';

/** The lines of `text` that say something, each once. */
export function linesOf(text: string): readonly string[] {
  const lines = text.split(/\r\n|\r|\n/).map((line) => line.trim());
  return [...new Set(lines)].filter((line) => line !== '' && !line.startsWith('#'));
}

/** Several words are a phrase, where whole words are wanted. */
export function entryOf(text: string, mode: Mode, language: string | null): EntryFields {
  const isPhrase = mode === 'whole_word' && /\s/.test(text);
  return { text, mode: isPhrase ? 'phrase' : mode, ...(language === null ? {} : { language }) };
}
