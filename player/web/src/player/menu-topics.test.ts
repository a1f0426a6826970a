import { describe, expect, it } from 'vitest';
import { choiceOf, menuTopics, soundName, type MenuFacts } from './menu-topics';
import { wordsFor } from './words';

const say = wordsFor('en');

function facts(change: Partial<MenuFacts['engine']> = {}, rest: Partial<MenuFacts> = {}): MenuFacts {
  return {
    engine: {
      qualities: [
        { choice: 'auto', label: null, playable: true },
        { choice: 1, label: '720p', playable: true },
        { choice: 0, label: '240p', playable: false },
        { choice: 'audio', label: null, playable: true },
      ],
      choice: 'auto',
      playingLabel: '720p',
      audioTracks: [],
      audioTrack: -1,
      ...change,
    },
    sharing: { offered: false, able: true, decision: 'off' },
    speed: 1,
    captions: [{ language: 'fr', label: 'Français', url: '/fr.vtt' }],
    caption: null,
    language: 'en',
    ...rest,
  };
}

const topic = (id: string, given: MenuFacts) => menuTopics(given, say).find((one) => one.id === id);

describe('menuTopics', () => {
  it('names what is on screen under Auto, and says why a quality cannot be chosen', () => {
    const quality = topic('quality', facts());
    expect(quality?.value).toBe('Auto (720p)');
    expect(quality?.choices.map(({ label }) => label)).toEqual([
      'Auto (720p)',
      '720p',
      '240p',
      'Sound only',
    ]);
    expect(quality?.choices[2]).toMatchObject({ disabled: true, note: 'still being made' });
  });

  it('calls Auto plainly Auto while another quality is chosen', () => {
    const quality = topic('quality', facts({ choice: 1 }));
    expect(quality?.value).toBe('720p');
    expect(quality?.choices[0]?.label).toBe('Auto');
  });

  it('leaves out topics without a choice', () => {
    const none = facts({ qualities: [] }, { captions: [] });
    expect(menuTopics(none, say).map(({ id }) => id)).toEqual(['speed']);
  });

  it('offers captions with a way to turn them off', () => {
    const captions = topic('captions', facts({}, { caption: 'fr' }));
    expect(captions?.value).toBe('Français');
    expect(captions?.choices.map(({ label, checked }) => [label, checked])).toEqual([
      ['Off', false],
      ['Français', true],
    ]);
  });
});

describe('soundName', () => {
  it.each([
    [{ id: 0, label: 'Commentary', language: 'en' }, 'Commentary'],
    [{ id: 0, label: 'fra', language: 'fra' }, 'French'],
    [{ id: 0, label: '', language: 'ar' }, 'Arabic'],
    [{ id: 0, label: 'not a tag', language: 'not a tag' }, 'not a tag'],
    [{ id: 0, label: '', language: 'und' }, null],
    [{ id: 0, label: '', language: '' }, null],
  ])('of %o', (track, name) => {
    expect(soundName(track, 'en')).toBe(name);
  });
});

it('reads its own ids back', () => {
  expect([choiceOf('auto'), choiceOf('audio'), choiceOf('3')]).toEqual(['auto', 'audio', 3]);
});

describe('the topic of sharing', () => {
  const sharing = (change: Partial<MenuFacts['sharing']>) =>
    facts({}, { sharing: { offered: true, able: true, decision: 'ask', ...change } });
  const shown = (given: MenuFacts) =>
    menuTopics(given, say)
      .map(({ id }) => id)
      .filter((id) => id === 'sharing' || id === 'figures');

  it('is left out where nothing may be shared', () => {
    expect(shown(facts())).toEqual([]);
  });

  it('is off until somebody answers, and has no figures then', () => {
    expect(shown(sharing({}))).toEqual(['sharing']);
    expect(topic('sharing', sharing({}))?.value).toBe('Off');
    expect(shown(sharing({ decision: 'on' }))).toEqual(['sharing', 'figures']);
    expect(topic('sharing', sharing({ decision: 'on' }))?.value).toBe('On');
  });

  it('says that a browser cannot share', () => {
    const choices = topic('sharing', sharing({ able: false, decision: 'on' }))?.choices ?? [];
    expect(choices.map(({ checked, disabled }) => [checked, disabled])).toEqual([
      [false, true],
      [true, undefined],
    ]);
  });
});
