import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LANGUAGES, pickLanguage, translator } from './index';

const FOLDER = import.meta.dirname;

function catalogue(part: string, language: string): Record<string, string> {
  const text = readFileSync(join(FOLDER, `${part}.${language}.json`), 'utf8');
  return JSON.parse(text) as Record<string, string>;
}

const parts = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.en.json'))
  .map((name) => name.slice(0, -'.en.json'.length));

const blanksOf = (message: string) => [...message.matchAll(/\{\w+\}/g)].map(([b]) => b).sort();

describe.each(parts)('the %s catalogue', (part) => {
  const english = catalogue(part, 'en');
  const french = catalogue(part, 'fr');

  it('has the same keys in every language', () => {
    for (const language of LANGUAGES) {
      expect(Object.keys(catalogue(part, language)).sort()).toEqual(Object.keys(english).sort());
    }
  });

  it('leaves the same blanks in every language', () => {
    for (const [key, message] of Object.entries(english)) {
      // The singular may spell its number out.
      if (key.endsWith('_one')) continue;
      expect(blanksOf(french[key] ?? ''), key).toEqual(blanksOf(message));
    }
  });

  it('has no empty message', () => {
    for (const [key, message] of Object.entries({ ...english, ...french })) {
      expect(message.trim(), key).not.toBe('');
    }
  });

  it('puts no-break spaces where French wants them', () => {
    for (const [key, message] of Object.entries(french)) {
      const prose = message.replace(/https?:\/\/\S+|\d+:\d+/g, '');
      // U+202F before ; ! ? and U+00A0 (or U+202F) before : and inside « ».
      expect(prose, key).not.toMatch(/[^\u202f](?=[;!?])/);
      expect(prose, key).not.toMatch(/[^\u00a0\u202f](?=[:»])/);
      expect(prose, key).not.toMatch(/«(?![\u00a0\u202f])/);
      expect(prose, key).not.toContain("'");
    }
  });

  it('has no exclamation mark and no "oops"', () => {
    for (const [key, message] of Object.entries({ ...english, ...french })) {
      expect(message, key).not.toMatch(/!|oops|oups/i);
    }
    for (const message of Object.values(english)) expect(message).not.toMatch(/!|oops/i);
  });
});

describe('the translator', () => {
  const words = { hello: 'Hello {name}', view_one: '{count} view', view_other: '{count} views' };

  it('fills blanks and chooses plural forms', () => {
    const say = translator(words, 'en');
    expect(say('hello', { name: 'Ana' })).toBe('Hello Ana');
    expect(say('view', { count: 1 })).toBe('1 view');
    expect(say('view', { count: 12000 })).toBe('12,000 views');
  });

  it('leaves an unknown blank as it stands', () => {
    expect(translator(words, 'en')('hello')).toBe('Hello {name}');
  });

  it('picks the first language it speaks', () => {
    expect(pickLanguage(['de', 'fr-CA', 'en'])).toBe('fr');
    expect(pickLanguage(['de'])).toBe('en');
  });
});
