/** The player's words in the page's language, and media-chrome's own labels replaced by them. */
import { addTranslation } from 'media-chrome/dist/utils/i18n.js';
import { isLanguage, pageLanguage, translator, type KeyOf, type Translate } from '../i18n';
import english from '../i18n/player.en.json';
import french from '../i18n/player.fr.json';

export type Word = KeyOf<typeof english>;
export type Say = Translate<Word>;

/** The language of an element: its own or an ancestor's `lang`, else the page's. */
export function languageOf(element: Element): 'en' | 'fr' {
  const declared = element.closest('[lang]')?.getAttribute('lang')?.split('-')[0] ?? '';
  return isLanguage(declared) ? declared : pageLanguage(element.ownerDocument);
}

export function wordsFor(language: 'en' | 'fr'): Say {
  return translator(language === 'fr' ? french : english, language);
}

/** media-chrome's labels (its keys are English text) and ours for them. */
const LABELS: Readonly<Record<string, Word>> = {
  Play: 'play',
  play: 'play',
  Pause: 'pause',
  pause: 'pause',
  Mute: 'mute',
  mute: 'mute',
  Unmute: 'unmute',
  unmute: 'unmute',
  volume: 'volume',
  seek: 'seek',
  'playback time': 'time',
  'media loading': 'loading',
  'video player': 'player.untitled',
  'Enter fullscreen mode': 'fullscreen.enter',
  'enter fullscreen mode': 'fullscreen.enter',
  'Exit fullscreen mode': 'fullscreen.leave',
  'exit fullscreen mode': 'fullscreen.leave',
  'Enter picture in picture mode': 'pip.enter',
  'enter picture in picture mode': 'pip.enter',
  'Exit picture in picture mode': 'pip.leave',
  'exit picture in picture mode': 'pip.leave',
  '{currentTime} of {totalTime}': 'time.of',
  '{time} remaining': 'time.left',
  'video not loaded, unknown time.': 'time.unknown',
  'chapter: {chapterName}': 'chapter',
  hour: 'unit.hour',
  hours: 'unit.hours',
  minute: 'unit.minute',
  minutes: 'unit.minutes',
  second: 'unit.second',
  seconds: 'unit.seconds',
};

/** Gives media-chrome our words. Must run before its elements are created. */
export function labelMediaChrome(): void {
  for (const [language, catalogue] of [
    ['en', english],
    ['fr', french],
  ] as const) {
    const entries = Object.entries(LABELS).map(([theirs, ours]) => [theirs, catalogue[ours]]);
    addTranslation(language, Object.fromEntries(entries));
  }
}
