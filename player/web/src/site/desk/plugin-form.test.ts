import { describe, expect, it } from 'vitest';
import type { Field } from '../api/plugins';
import { heldOf, moved, plainOf, sentOf } from './plugin-form';

const field = (type: string, more: Partial<Field> = {}): Field => ({
  name: 'x',
  label: 'X',
  type,
  descriptionHTML: '',
  default: null,
  options: [],
  minimum: null,
  maximum: null,
  required: false,
  ...more,
});

describe('settings of a plugin', () => {
  it.each([
    ['input', 'text', 'text', 'text'],
    ['input-textarea', 'a\nb', 'a\nb', 'a\nb'],
    ['input-checkbox', true, true, true],
    ['input-number', 3.5, '3.5', 3.5],
    ['input-list', ['a', 'b'], 'a\nb', ['a', 'b']],
    ['select', 'one', 'one', 'one'],
  ])('of type %s go through the form', (type, saved, held, sent) => {
    expect(heldOf(field(type), saved)).toEqual(held);
    expect(sentOf(field(type), held)).toEqual(sent);
  });

  it('begin with their default, and go when they are emptied', () => {
    expect(heldOf(field('input-number', { default: 7 }), undefined)).toBe('7');
    expect(heldOf(field('input-checkbox'), undefined)).toBe(false);
    expect(sentOf(field('input-number'), ' ')).toBeNull();
    expect(sentOf(field('input-list'), '\n \n')).toEqual([]);
  });

  it('never show a secret, and keep one that is not written anew', () => {
    expect(heldOf(field('input-password'), 'secret')).toBe('');
    expect(sentOf(field('input-password'), '')).toBeUndefined();
    expect(sentOf(field('input-password'), 'new')).toBe('new');
  });

  it('are described as text', () => {
    expect(plainOf('a &lt;b&gt; &amp;lt; &quot;c&quot;')).toBe('a <b> &lt; "c"');
  });
});

it('moves a plugin by one place, and not beyond the ends', () => {
  expect(moved(['a', 'b', 'c'], 'a', 1)).toEqual(['b', 'a', 'c']);
  expect(moved(['a', 'b', 'c'], 'c', -1)).toEqual(['a', 'c', 'b']);
  expect(moved(['a', 'b'], 'a', -1)).toEqual(['a', 'b']);
  expect(moved(['a', 'b'], 'x', 1)).toEqual(['a', 'b']);
});
