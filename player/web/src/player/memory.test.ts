import { beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_PREFERENCES, Memory, type KeyValue } from './memory';

class Box implements KeyValue {
  readonly items = new Map<string, string>();

  getItem(key: string): string | null {
    return this.items.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.items.set(key, value);
  }
}

let box: Box;
let now: number;
let memory: Memory;

beforeEach(() => {
  box = new Box();
  now = 1000;
  memory = new Memory(box, () => (now += 1));
});

describe('preferences', () => {
  it('survive a visit', () => {
    memory.remember({ volume: 0.4, muted: true });
    memory.remember({ caption: 'fr', speed: 1.5 });
    const later = new Memory(box, () => 0);
    expect(later.preferences()).toEqual({
      ...DEFAULT_PREFERENCES,
      volume: 0.4,
      muted: true,
      caption: 'fr',
      speed: 1.5,
    });
  });

  it.each(['not json', '[]', 'null', '{"volume":7,"speed":"fast","muted":1,"caption":4}'])(
    'fall back to defaults when storage holds %s',
    (garbage) => {
      box.setItem('farandole-player', garbage);
      expect(memory.preferences()).toEqual(DEFAULT_PREFERENCES);
    },
  );

  it('do without storage', () => {
    const none = new Memory(null, () => 0);
    none.remember({ volume: 0.1 });
    expect(none.preferences()).toEqual(DEFAULT_PREFERENCES);
    expect(none.position('a')).toBeNull();
  });

  it('outlive a storage that is full', () => {
    const full: KeyValue = {
      getItem: () => null,
      setItem: () => {
        throw new DOMException('full', 'QuotaExceededError');
      },
    };
    expect(() => new Memory(full, () => 0).leaveAt('a', 60, 600)).not.toThrow();
  });
});

describe('positions', () => {
  it('are kept per video', () => {
    memory.leaveAt('a', 61.7, 600);
    memory.leaveAt('b', 30, 600);
    expect(memory.position('a')).toBe(61);
    expect(memory.position('b')).toBe(30);
    expect(memory.position('c')).toBeNull();
  });

  it('are forgotten near the end', () => {
    memory.leaveAt('a', 300, 600);
    memory.leaveAt('a', 580, 600);
    expect(memory.position('a')).toBeNull();
  });

  it('are forgotten back at the start', () => {
    memory.leaveAt('a', 300, 600);
    memory.leaveAt('a', 2, 600);
    expect(memory.position('a')).toBeNull();
  });

  it('treat only the last minute of a long video as its end', () => {
    memory.leaveAt('a', 7000, 7200);
    expect(memory.position('a')).toBe(7000);
    memory.leaveAt('a', 7150, 7200);
    expect(memory.position('a')).toBeNull();
  });

  it('are kept when the length is unknown', () => {
    memory.leaveAt('a', 300, 0);
    expect(memory.position('a')).toBe(300);
  });

  it('drop the oldest beyond two hundred', () => {
    for (let i = 0; i < 205; i += 1) memory.leaveAt(`v${i}`, 60, 600);
    expect(memory.position('v4')).toBeNull();
    expect(memory.position('v5')).toBe(60);
    expect(memory.position('v204')).toBe(60);
  });
});
