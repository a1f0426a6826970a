import { expect, it } from 'vitest';
import { PRIVACY } from '../api/types';
import { fieldsOfFile } from '../parts/edit/fields';
import { readDraft } from './draft.svelte';

const fresh = fieldsOfFile('walk.mp4', 3, PRIVACY.public);

it('brings back what was typed', () => {
  const typed = { ...fresh, name: 'A walk', tags: ['river'], privacy: PRIVACY.private };
  expect(readDraft(JSON.stringify(typed), fresh)).toEqual(typed);
});

it('does not use what cannot be a draft', () => {
  for (const text of [null, '', '{', '[]', '7', '{"name":7,"tags":[1],"privacy":"x"}']) {
    expect(readDraft(text, fresh), String(text)).toEqual(fresh);
  }
  expect(readDraft('{"__proto__":{"name":"x"},"more":1}', fresh)).toEqual(fresh);
});
