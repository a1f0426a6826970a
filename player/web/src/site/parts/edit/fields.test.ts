import { describe, expect, it } from 'vitest';
import { PRIVACY } from '../../api/types';
import { faultsOf, fieldsOfFile, passwordsOf, titleOf, toForm } from './fields';

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
