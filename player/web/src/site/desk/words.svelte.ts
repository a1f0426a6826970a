/** The words of the moderation desk: a catalogue of their own, so that viewers need not load it. */
import { type KeyOf, type Language, type Translate, translator } from '../../i18n';
import type english from '../../i18n/desk.en.json';
import { words } from '../words.svelte';

type Catalogue = typeof english;
export type DeskWord = KeyOf<Catalogue>;

const CATALOGUES: Readonly<Record<Language, () => Promise<{ default: Catalogue }>>> = {
  en: () => import('../../i18n/desk.en.json'),
  fr: () => import('../../i18n/desk.fr.json'),
};

let current = $state.raw<Translate<DeskWord>>((key) => key);

async function speak(language: Language): Promise<void> {
  const { default: catalogue } = await CATALOGUES[language]();
  current = translator(catalogue, language);
}

/** Loads a page of the desk together with its words. */
export async function atDesk<Module>(page: Promise<Module>): Promise<Module> {
  const [module] = await Promise.all([page, words.include(speak)]);
  return module;
}

/** As `say`, with the words of the desk. */
export const deskSay: Translate<DeskWord> = (key, blanks) => current(key, blanks);
