import { describe, expect, it } from 'vitest';
import { age, bytes, clock, parseClock, percent, roughly } from './format';

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

describe('clock', () => {
  it('shows hours only when there are some', () => {
    expect(clock(0)).toBe('0:00');
    expect(clock(187)).toBe('3:07');
    expect(clock(3729)).toBe('1:02:09');
    expect(clock(-4)).toBe('0:00');
  });

  it('is read back', () => {
    for (const seconds of [0, 59, 60, 3599, 3600, 36_000]) {
      expect(parseClock(clock(seconds))).toBe(seconds);
    }
    for (const nonsense of ['', 'abc', '1:', '1:99', '1:2:3:4', '-3']) {
      expect(parseClock(nonsense), nonsense).toBeNull();
    }
  });
});

it('writes sizes with their unit, in the language', () => {
  expect(plain(bytes(0, 'en'))).toBe('0 bytes');
  expect(plain(bytes(1_234_567, 'en'))).toBe('1.23 MB');
  expect(plain(bytes(2_000_000_000, 'fr'))).toBe('2 Go');
});

it('clamps percentages', () => {
  expect(plain(percent(1.2, 'en'))).toBe('100%');
  expect(plain(percent(0.424, 'fr'))).toBe('42 %');
});

it('says about how long', () => {
  expect(roughly(3.4, 'en')).toBe('3 seconds');
  expect(roughly(43, 'en')).toBe('45 seconds');
  expect(roughly(200, 'en')).toBe('3 minutes');
  expect(plain(roughly(7000, 'fr'))).toBe('2 heures');
});

it('says how long ago', () => {
  const now = Date.parse('2026-05-10T12:00:00Z');
  expect(age('2026-05-10T11:59:40Z', 'en', now)).toBe('now');
  expect(age('2026-05-09T10:00:00Z', 'en', now)).toBe('yesterday');
  expect(age('2026-04-30T10:00:00Z', 'fr', now)).toBe('la semaine dernière');
});
