import { describe, expect, it } from 'vitest';
import { cut, excerpt, type Piece } from './spans';

/** Marked pieces in brackets. */
const written = (pieces: readonly Piece[]) =>
  pieces.map(({ text, marked }) => (marked ? `[${text}]` : text)).join('');

describe('highlights', () => {
  it('mark what a rule saw', () => {
    expect(written(cut('one two three', [{ start: 4, end: 7 }]))).toBe('one [two] three');
    expect(written(cut('plain', []))).toBe('plain');
    expect(cut('', [])).toEqual([]);
  });

  it('join spans that overlap or repeat, in any order', () => {
    const spans = [{ start: 6, end: 9 }, { start: 0, end: 3 }, { start: 1, end: 4 }, { start: 6, end: 9 }];
    expect(written(cut('abcdefghij', spans))).toBe('[abcd]ef[ghi]j');
  });

  it('survive offsets that are not in the text', () => {
    expect(written(cut('abc', [{ start: -5, end: 1 }, { start: 2, end: 99 }]))).toBe('[a]b[c]');
    expect(written(cut('abc', [{ start: 2, end: 2 }, { start: 9, end: 12 }]))).toBe('abc');
  });

  it('never cut a letter in two', () => {
    const pieces = cut('a😀b', [{ start: 2, end: 3 }]);
    expect(written(pieces)).toBe('a[😀]b');
    expect(pieces.map(({ text }) => encodeURIComponent(text))).toEqual(['a', '%F0%9F%98%80', 'b']);
  });
});

describe('an excerpt', () => {
  it('is the whole of a short text', () => {
    expect(written(excerpt('short', [{ start: 0, end: 5 }]))).toBe('[short]');
  });

  it('begins near the first mark of a long one', () => {
    const text = `${'word '.repeat(100)}insult ${'word '.repeat(100)}`;
    const start = text.indexOf('insult');
    const pieces = excerpt(text, [{ start, end: start + 6 }], 60);
    expect(written(pieces)).toMatch(/^….*\[insult\].*…$/);
  });
});
