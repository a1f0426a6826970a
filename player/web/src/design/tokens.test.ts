import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const CSS = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8');

/** The colours as the style sheet sets them: the test reads what the browser reads. */
function colours(scheme: 0 | 1): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, name, light, dark] of CSS.matchAll(/--([\w-]+): light-dark\((#\w+), (#\w+)\)/g)) {
    found[name ?? ''] = (scheme === 0 ? light : dark) ?? '';
  }
  return found;
}

/** Relative luminance (WCAG 2.2). */
function luminance(hex: string): number {
  const channel = (start: number) => {
    const value = Number.parseInt(hex.slice(start, start + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

const WORDS = ['ink', 'muted', 'action', 'live', 'good', 'warn', 'danger'];
const GROUNDS = ['paper', 'raised'];

describe.each([
  ['light', colours(0)],
  ['dark', colours(1)],
] as const)('the %s colours', (_scheme, colour) => {
  const pair = (a: string, b: string) => contrast(colour[a] ?? '', colour[b] ?? '');

  it.each(GROUNDS.flatMap((ground) => WORDS.map((word) => [word, ground] as const)))(
    'read %s on %s (4.5:1)',
    (word, ground) => {
      expect(pair(word, ground)).toBeGreaterThanOrEqual(4.5);
    },
  );

  it.each(['action', 'danger'])('read words on a filled %s button (4.5:1)', (fill) => {
    expect(pair('on-fill', fill)).toBeGreaterThanOrEqual(4.5);
  });

  it('reads words on a hovered quiet button (4.5:1)', () => {
    expect(pair('ink', 'line')).toBeGreaterThanOrEqual(4.5);
  });

  it.each(GROUNDS)('shows the edges of controls and the focus ring on %s (3:1)', (ground) => {
    expect(pair('edge', ground)).toBeGreaterThanOrEqual(3);
    expect(pair('action', ground)).toBeGreaterThanOrEqual(3);
  });
});

it('finds every token', () => {
  expect(Object.keys(colours(0))).toEqual(
    expect.arrayContaining([...WORDS, ...GROUNDS, 'line', 'edge', 'on-fill']),
  );
});
