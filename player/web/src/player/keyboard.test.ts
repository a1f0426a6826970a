import { describe, expect, it } from 'vitest';
import english from '../i18n/player.en.json';
import { commandFor, HELP, speedStep } from './keyboard';

const press = (key: string, held: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey', boolean>> = {}) =>
  commandFor({ key, ctrlKey: false, metaKey: false, altKey: false, ...held });

describe('commandFor', () => {
  it('knows the keys people know', () => {
    expect(press(' ')).toEqual({ do: 'toggle' });
    expect(press('K')).toEqual({ do: 'toggle' });
    expect(press('j')).toEqual({ do: 'seekBy', seconds: -10 });
    expect(press('ArrowRight')).toEqual({ do: 'seekBy', seconds: 5 });
    expect(press('7')).toEqual({ do: 'seekToTenth', tenth: 7 });
    expect(press('>')).toEqual({ do: 'speedBy', steps: 1 });
    expect(press('t')).toEqual({ do: 'theatre' });
    expect(press('?')).toEqual({ do: 'help' });
  });

  it('leaves the browser its own', () => {
    expect(press('f', { ctrlKey: true })).toBeNull();
    expect(press('l', { metaKey: true })).toBeNull();
    expect(press('ArrowLeft', { altKey: true })).toBeNull();
    expect(press('Tab')).toBeNull();
    expect(press('constructor')).toBeNull();
  });
});

it('explains every key', () => {
  for (const [, text] of HELP) expect(english[text]).toBeTruthy();
});

describe('speedStep', () => {
  it('walks the offered speeds and stops at both ends', () => {
    expect(speedStep(1, 1)).toBe(1.25);
    expect(speedStep(1, -1)).toBe(0.75);
    expect(speedStep(1.1, 1)).toBe(1.25);
    expect(speedStep(2, 1)).toBe(2);
    expect(speedStep(0.5, -1)).toBe(0.5);
  });
});
