/**
 * How do words reach the page? Catalogues are flat JSON files per part and language
 * (`site.en.json`, `player.fr.json` …); this module picks the language and fills in the blanks.
 * It holds no words itself.
 *
 * A message may hold `{name}` blanks. A message with plural forms is written as `key_one`,
 * `key_other` (the names of `Intl.PluralRules`) and asked for as `key` with a `count`.
 */

export const LANGUAGES = ['en', 'fr'] as const;
export type Language = (typeof LANGUAGES)[number];

/** What each language calls itself. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: 'English', fr: 'Français' };

type PluralForm = 'zero' | 'one' | 'two' | 'few' | 'many' | 'other';

/** The keys a catalogue answers to: plural forms fold into their base key. */
export type KeyOf<C> = keyof C extends infer K
  ? K extends `${infer Base}_${PluralForm}`
    ? Base
    : K extends string
      ? K
      : never
  : never;

export type Blanks = Readonly<Record<string, string | number>>;
export type Translate<K extends string> = (key: K, blanks?: Blanks) => string;

export function isLanguage(tag: string): tag is Language {
  return (LANGUAGES as readonly string[]).includes(tag);
}

/** The first of the wished language tags (BCP 47) that we speak; English otherwise. */
export function pickLanguage(wished: readonly string[]): Language {
  for (const tag of wished) {
    const primary = tag.toLowerCase().split('-')[0] ?? '';
    if (isLanguage(primary)) return primary;
  }
  return 'en';
}

/** The language of the page: what the server wrote on `<html lang>`, else the browser's wishes. */
export function pageLanguage(doc: Document = document): Language {
  const declared = doc.documentElement.lang;
  return pickLanguage(declared ? [declared] : navigator.languages);
}

/**
 * A function that says a message of `catalogue` in `language`. Numbers in blanks are written the
 * way the language writes them. A key without a message comes back as itself, so that a hole is
 * seen and nothing breaks; the catalogue test keeps holes from landing.
 */
export function translator<C extends Readonly<Record<string, string>>>(
  catalogue: C,
  language: Language,
): Translate<KeyOf<C>> {
  const plurals = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(language);
  const words: Readonly<Record<string, string | undefined>> = catalogue;
  return (key, blanks = {}) => {
    const count = blanks['count'];
    const form = typeof count === 'number' ? `${key}_${plurals.select(count)}` : key;
    const message = words[form] ?? words[`${key}_other`] ?? words[key] ?? key;
    return message.replace(/\{(\w+)\}/g, (blank, name: string) => {
      const value = blanks[name];
      if (value === undefined) return blank;
      return typeof value === 'number' ? numbers.format(value) : value;
    });
  };
}
