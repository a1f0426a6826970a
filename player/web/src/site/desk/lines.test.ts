import { describe, expect, it } from 'vitest';
import { entryOf, linesOf } from './lines';

describe('pasted lines', () => {
  it('are entries, each once, without comments and space', () => {
    expect(linesOf(' spam \r\nscam\n\n# a note\nspam\rone two\n')).toEqual(['spam', 'scam', 'one two']);
    expect(linesOf('')).toEqual([]);
  });

  it('of several words are phrases where whole words are wanted', () => {
    expect(entryOf('one two', 'whole_word', 'en')).toMatchObject({ mode: 'phrase', language: 'en' });
    expect(entryOf('one', 'whole_word', null).mode).toBe('whole_word');
    expect(entryOf('one two', 'substring', null).mode).toBe('substring');
  });
});
