import { describe, expect, it } from 'vitest';
import { commandOf, HELP, isTaken } from './keys';

const press = (key: string, more = {}) =>
  commandOf({ key, ctrlKey: false, metaKey: false, altKey: false, isComposing: false, ...more });

describe('the keys of the desk', () => {
  it('decide and move', () => {
    expect(['j', 'k', 'a', 'r', 'R', 'u', 'ArrowDown', '?'].map((key) => press(key))).toEqual([
      'next',
      'previous',
      'approve',
      'reject',
      'rejectWith',
      'undo',
      'next',
      'help',
    ]);
  });

  it('leave the browser its own', () => {
    expect(press('r', { ctrlKey: true })).toBeNull();
    expect(press('a', { metaKey: true })).toBeNull();
    expect(press('a', { isComposing: true })).toBeNull();
    expect(press('Tab')).toBeNull();
    expect(press('Enter')).toBeNull();
  });

  it('are all in the help, with what they do', () => {
    const named: Readonly<Record<string, string>> = { '↓': 'ArrowDown', '↑': 'ArrowUp', 'Shift R': 'R', 'Shift X': 'X' };
    for (const [keys, command] of HELP) {
      for (const key of keys) expect(press(named[key] ?? key), key).toBe(command);
    }
  });

  it('are not taken from somebody who types', () => {
    document.body.innerHTML = '<input id="a"><dialog><p id="b"></p></dialog><button id="c"></button>';
    expect(isTaken(document.getElementById('a'))).toBe(true);
    expect(isTaken(document.getElementById('b'))).toBe(true);
    expect(isTaken(document.getElementById('c'))).toBe(false);
    expect(isTaken(null)).toBe(false);
  });
});
