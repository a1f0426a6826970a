import { describe, expect, it } from 'vitest';
import { PRIVACY } from '../../api/types';
import { faultsOf, fieldsOfFile, passwordsOf, titleOf, toForm, toLocal } from './fields';

const fields = () => fieldsOfFile('walk.mp4', 3, PRIVACY.public);

it('makes a title of a file name', () => {
  expect(titleOf('a_long_walk.final.mp4')).toBe('a long walk.final');
  expect(titleOf('a.mp4').length).toBeGreaterThanOrEqual(3);
  expect(titleOf('.mp4').length).toBeGreaterThanOrEqual(3);
  expect(titleOf(`${'x'.repeat(300)}.mkv`)).toHaveLength(120);
});

describe('the form', () => {
  it('is refused without a title or without a password', () => {
    expect(faultsOf(fields())).toEqual([]);
    expect(faultsOf({ ...fields(), name: ' a ' })).toEqual(['name']);
    const secret = { ...fields(), privacy: PRIVACY.password };
    expect(faultsOf(secret)).toEqual(['passwords']);
    expect(faultsOf({ ...secret, passwords: 'open sesame' })).toEqual([]);
  });

  it('sends lists item by item and clears them with an empty text', () => {
    expect(toForm({ ...fields(), tags: ['a b', 'c'] }).getAll('tags[]')).toEqual(['a b', 'c']);
    expect(toForm(fields()).get('tags')).toBe('');
  });

  it('sends passwords only for a video that has them', () => {
    const secret = { ...fields(), passwords: 'one\n\n two \n' };
    expect(passwordsOf(secret)).toEqual(['one', 'two']);
    expect(toForm(secret).has('videoPasswords[]')).toBe(false);
    expect(
      toForm({ ...secret, privacy: PRIVACY.password }).getAll('videoPasswords[]'),
    ).toEqual(['one', 'two']);
  });
});

describe('a moment to become public', () => {
  const hidden = { ...fields(), privacy: PRIVACY.private };
  const now = Date.UTC(2030, 0, 1);

  it('reads back as it was written, whatever the time zone', () => {
    const moment = '2031-06-07T08:09:00.000Z';
    const form = toForm({ ...hidden, publicAt: toLocal(moment) });
    expect(form.get('scheduleUpdate[updateAt]')).toBe(moment);
    expect(form.get('scheduleUpdate[privacy]')).toBe(String(PRIVACY.public));
    expect(toLocal(null)).toBe('');
    expect(toLocal('soon')).toBe('');
  });

  it('lies ahead', () => {
    expect(faultsOf({ ...hidden, publicAt: '2029-12-01T10:00' }, now)).toEqual(['publicAt']);
    expect(faultsOf({ ...hidden, publicAt: '2030-02-01T10:00' }, now)).toEqual([]);
  });

  it('is taken away when it is emptied or the video is public already', () => {
    expect(toForm(hidden).get('scheduleUpdate')).toBe('null');
    const open = { ...fields(), publicAt: '2029-12-01T10:00' };
    expect(toForm(open).get('scheduleUpdate')).toBe('null');
    expect(faultsOf(open, now)).toEqual([]);
  });
});

it('refuses passwords that the server would refuse', () => {
  const secret = { ...fields(), privacy: PRIVACY.password };
  for (const passwords of ['x', 'twice\ntwice', 'y'.repeat(101)]) {
    expect(faultsOf({ ...secret, passwords }), passwords).toEqual(['passwords']);
  }
});

it('says nothing of comments that nobody chose, so that the channel decides', () => {
  const form = toForm(fields());
  expect(form.has('commentsPolicy')).toBe(false);
  expect(form.has('commentsSlowModeSeconds')).toBe(false);
  const slow = { ...fields(), commentsPolicy: 3, slowMode: '60', slowModeBefore: '60' };
  expect(toForm(slow).get('commentsPolicy')).toBe('3');
  expect(toForm(slow).has('commentsSlowModeSeconds')).toBe(false);
  expect(toForm({ ...slow, slowMode: '0' }).get('commentsSlowModeSeconds')).toBe('0');
  expect(toForm({ ...slow, slowMode: '' }).get('commentsSlowModeSeconds')).toBe('null');
});
