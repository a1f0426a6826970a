import { beforeEach, expect, it } from 'vitest';
import { dropView, keepSwitch, keepView, readSwitch, readViews } from './views';

beforeEach(() => localStorage.clear());

it('keeps views by name, the latest last', () => {
  keepView({ name: 'Mine', query: 'assigned=me' });
  keepView({ name: 'Names', query: 'kind=account_name' });
  keepView({ name: 'Mine', query: 'assigned=me&sort=-heldAt' });
  expect(readViews().map(({ name }) => name)).toEqual(['Names', 'Mine']);
  expect(readViews()[1]?.query).toBe('assigned=me&sort=-heldAt');
  expect(dropView('Names').map(({ name }) => name)).toEqual(['Mine']);
});

it('is not upset by what others left there', () => {
  for (const text of ['{', '{}', 'null', '[1, {"name": ""}, {"name": "x"}, {"name": "y", "query": ""}]']) {
    localStorage.setItem('farandole.views', text);
    expect(readViews().map(({ name }) => name)).toEqual(text.startsWith('[') ? ['y'] : []);
  }
});

it('remembers what was switched off', () => {
  expect(readSwitch('keys')).toBe(true);
  keepSwitch('keys', false);
  expect(readSwitch('keys')).toBe(false);
  expect(readSwitch('blur')).toBe(true);
  keepSwitch('keys', true);
  expect(readSwitch('keys')).toBe(true);
});
