import { describe, expect, it } from 'vitest';
import { withAnswer } from './answers.svelte';

describe('an answer that is chosen', () => {
  it('stands alone in an empty text, and below what was written', () => {
    expect(withAnswer('  \n', 'Please stay polite.', 100)).toBe('Please stay polite.');
    expect(withAnswer('Hello. ', 'Please stay polite.', 100)).toBe('Hello.\n\nPlease stay polite.');
  });

  it('is cut where the text may not be longer, between letters', () => {
    expect(withAnswer('', 'a😀b', 2)).toBe('a😀');
  });
});
