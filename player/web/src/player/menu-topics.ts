/** What the settings menu offers, in words. Pure: states in, topics out. */
import type { AudioState, Engine } from './engine';
import { SPEEDS } from './keyboard';
import type { Sharing } from './p2p/sharing';
import type { Choice } from './quality';
import type { MenuTopic } from './settings-menu';
import type { Caption } from './types';
import type { Say } from './words';

/** What the menu shows of the engine. */
export type MenuEngine = Pick<
  Engine,
  'qualities' | 'choice' | 'playingLabel' | 'audioTracks' | 'audioTrack'
>;

export type MenuSharing = Pick<Sharing, 'offered' | 'able' | 'decision'>;

export interface MenuFacts {
  readonly engine: MenuEngine;
  readonly sharing: MenuSharing;
  readonly speed: number;
  readonly captions: readonly Caption[];
  /** Language on screen; null: none. */
  readonly caption: string | null;
  /** Language of the player's words. */
  readonly language: string;
}

export const NO_CAPTION = 'none';

/** Topics that have nothing to choose from are left out. */
export function menuTopics(facts: MenuFacts, say: Say): MenuTopic[] {
  const chosen = [
    qualityTopic(facts, say),
    captionTopic(facts, say),
    audioTopic(facts, say),
    speedTopic(facts, say),
    sharingTopic(facts, say),
  ].filter((topic) => topic.choices.length > 0);
  const { offered, able, decision } = facts.sharing;
  const figures = { id: 'figures', label: say('sharing.figures'), value: '', choices: [] };
  return offered && able && decision === 'on' ? [...chosen, figures] : chosen;
}

/** Left out where the video may not be shared; where the browser cannot, it says so. */
function sharingTopic({ sharing }: MenuFacts, say: Say): MenuTopic {
  const on = sharing.able && sharing.decision === 'on';
  const unable = sharing.able ? {} : { disabled: true, note: say('sharing.unable') };
  return {
    id: 'sharing',
    label: say('sharing'),
    value: say(on ? 'sharing.on' : 'sharing.off'),
    choices: sharing.offered
      ? [
          { id: 'yes', label: say('sharing.on'), checked: on, ...unable },
          { id: 'no', label: say('sharing.off'), checked: !on },
        ]
      : [],
  };
}

/** A quality in words; for `auto` with the rendition on screen, when there is one. */
export function qualityName(engine: MenuEngine, choice: Choice, say: Say): string {
  if (choice === 'audio') return say('quality.audio');
  if (choice === 'auto') {
    const playing = engine.choice === 'auto' ? engine.playingLabel : null;
    return playing === null ? say('quality.auto') : say('quality.autoNow', { quality: playing });
  }
  return engine.qualities.find((quality) => quality.choice === choice)?.label ?? say('quality.auto');
}

export function speedName(speed: number, say: Say): string {
  return speed === 1 ? say('speed.normal') : `${speed}×`;
}

function qualityTopic({ engine }: MenuFacts, say: Say): MenuTopic {
  return {
    id: 'quality',
    label: say('quality'),
    value: qualityName(engine, engine.choice, say),
    choices: engine.qualities.map(({ choice, playable }) => ({
      id: String(choice),
      label: qualityName(engine, choice, say),
      checked: choice === engine.choice,
      ...(playable ? {} : { disabled: true, note: say('quality.making') }),
    })),
  };
}

/** The engine's choice behind a menu entry. */
export function choiceOf(id: string): Choice {
  return id === 'auto' || id === 'audio' ? id : Number(id);
}

function captionTopic({ captions, caption }: MenuFacts, say: Say): MenuTopic {
  const shown = captions.find(({ language }) => language === caption);
  const none = { id: NO_CAPTION, label: say('captions.none'), checked: shown === undefined };
  const choices = captions.map(({ language, label }) => ({
    id: language,
    label,
    lang: language,
    checked: language === caption,
  }));
  return {
    id: 'captions',
    label: say('captions'),
    value: shown?.label ?? say('captions.none'),
    choices: captions.length === 0 ? [] : [none, ...choices],
  };
}

function audioTopic({ engine, language }: MenuFacts, say: Say): MenuTopic {
  const name = (track: AudioState): string =>
    soundName(track, language) ?? say('audio.track', { number: track.id + 1 });
  const tracks = engine.audioTracks;
  const current = tracks.find(({ id }) => id === engine.audioTrack);
  return {
    id: 'audio',
    label: say('audio'),
    value: current === undefined ? '' : name(current),
    choices: tracks.map((track) => ({
      id: String(track.id),
      label: name(track),
      checked: track.id === engine.audioTrack,
    })),
  };
}

/** A track's own name, or its language in the viewer's words; null when it has neither. */
export function soundName({ label, language }: AudioState, inLanguage: string): string | null {
  if (label !== '' && label !== language) return label;
  if (language === '' || language === 'und') return null;
  try {
    return new Intl.DisplayNames([inLanguage], { type: 'language' }).of(language) ?? language;
  } catch {
    return language;
  }
}

function speedTopic({ speed }: MenuFacts, say: Say): MenuTopic {
  return {
    id: 'speed',
    label: say('speed'),
    value: speedName(speed, say),
    choices: SPEEDS.map((value) => ({
      id: String(value),
      label: speedName(value, say),
      checked: value === speed,
    })),
  };
}
