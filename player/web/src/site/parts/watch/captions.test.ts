import { expect, it } from 'vitest';
import { readCues } from './captions';

it('reads cues without their tags, numbers and positions', () => {
  const vtt = [
    'WEBVTT - a title',
    '',
    'NOTE nothing to say',
    '',
    '1',
    '00:00:01.500 --> 00:00:03.000 align:start',
    '<v Ana>Hello &amp; <i>welcome</i>',
    'to the dance',
    '',
    '01:02.000 --> 01:03.000',
    'Hand in hand',
    '',
    '01:00:00.000 --> 01:00:01.000',
    '',
  ].join('\r\n');
  expect(readCues(vtt)).toEqual([
    { startSeconds: 1.5, text: 'Hello & welcome to the dance' },
    { startSeconds: 62, text: 'Hand in hand' },
  ]);
});

it('makes nothing of nonsense', () => {
  expect(readCues('<html>')).toEqual([]);
});
