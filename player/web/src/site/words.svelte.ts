/** Which words does the site say? The current language, its catalogue, and what follows from both. */
import { type KeyOf, type Language, pageLanguage, type Translate, translator } from '../i18n';
import type english from '../i18n/site.en.json';
import { rememberChoice } from './choices';

type Catalogue = typeof english;
export type Word = KeyOf<Catalogue>;

const CATALOGUES: Readonly<Record<Language, () => Promise<{ default: Catalogue }>>> = {
  en: () => import('../i18n/site.en.json'),
  fr: () => import('../i18n/site.fr.json'),
};

class Words {
  language = $state<Language>('en');
  #say = $state.raw<Translate<Word>>((key) => key);
  /** Parts of the site with a catalogue of their own, once they are in use. */
  readonly #parts = new Set<(language: Language) => Promise<void>>();

  /** Loads the catalogue of `language` and speaks it from then on. */
  async speak(language: Language): Promise<void> {
    const [{ default: catalogue }] = await Promise.all([
      CATALOGUES[language](),
      ...[...this.#parts].map((part) => part(language)),
    ]);
    this.#say = translator(catalogue, language);
    this.language = language;
    document.documentElement.lang = language;
  }

  /** A part of the site follows from now on; the answer comes when its words are there. */
  async include(part: (language: Language) => Promise<void>): Promise<void> {
    this.#parts.add(part);
    await part(this.language);
  }

  /** A person's own choice: also told to the server, which writes the page's first words. */
  async choose(language: Language): Promise<void> {
    await this.speak(language);
    rememberChoice('language', language);
  }

  get say(): Translate<Word> {
    return this.#say;
  }
}

export const words = new Words();

/** Says a message in the current language; components that use it follow a change. */
export const say: Translate<Word> = (key, blanks) => words.say(key, blanks);

export function firstLanguage(): Language {
  return pageLanguage();
}
