import { describe, expect, it } from 'vitest';
import { formatTime, parseTime } from './time';

describe('parseTime', () => {
  it.each([
    ['90', 90],
    ['90s', 90],
    ['1m30s', 90],
    ['1m30', 90],
    ['1h2m3s', 3723],
    ['2m', 120],
    ['1.5', 1.5],
    ['1:02:03', 3723],
    ['01:30', 90],
    [' 12S ', 12],
  ])('reads %s', (text, seconds) => {
    expect(parseTime(text)).toBe(seconds);
  });

  it.each(['', '  ', 'soon', 'm', '-5', '1:x', '1:2:3:4', '1e3'])('refuses %j', (text) => {
    expect(parseTime(text)).toBeNull();
  });

  it('knows nothing of an absent parameter', () => {
    expect(parseTime(null)).toBeNull();
  });
});

describe('formatTime', () => {
  it.each([
    [0, '0:00'],
    [7.9, '0:07'],
    [187, '3:07'],
    [3723, '1:02:03'],
    [-4, '0:00'],
    [Number.NaN, '0:00'],
    [Number.POSITIVE_INFINITY, '0:00'],
  ])('writes %d', (seconds, text) => {
    expect(formatTime(seconds)).toBe(text);
  });
});
