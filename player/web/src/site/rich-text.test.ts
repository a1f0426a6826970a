import { expect, it } from 'vitest';
import { splitText } from './rich-text';

it('finds links and leaves the sentence its full stop', () => {
  expect(splitText('See https://example.org/a_(b). Or (https://example.org).')).toEqual([
    { kind: 'text', text: 'See ' },
    { kind: 'link', text: 'https://example.org/a_(b)', href: 'https://example.org/a_(b)' },
    { kind: 'text', text: '. Or (' },
    { kind: 'link', text: 'https://example.org', href: 'https://example.org' },
    { kind: 'text', text: ').' },
  ]);
});

it('makes no link of anything that runs', () => {
  for (const text of ['javascript:alert(1)', 'data:text/html,x', '<a href="x">', 'https://']) {
    expect(splitText(text).every((part) => part.kind === 'text'), text).toBe(true);
  }
});

it('finds moments within the video only', () => {
  expect(splitText('0:42 start, 1:00:00 end', 100)).toEqual([
    { kind: 'moment', text: '0:42', seconds: 42 },
    { kind: 'text', text: ' start, 1:00:00 end' },
  ]);
  expect(splitText('0:42')).toEqual([{ kind: 'text', text: '0:42' }]);
});

it('keeps every character', () => {
  const text = 'a https://x.org/?q=1&r=2 b 3:07 c\n\nd';
  expect(splitText(text, 999).map((part) => part.text).join('')).toBe(text);
});
