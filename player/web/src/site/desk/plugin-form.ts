/** How do the settings of a plugin become fields of a form, and back? */
import type { Field } from '../api/plugins';

/** What a field holds while it is edited. */
export type Held = string | boolean;

/** The value of a field as its control holds it: saved, else its default. */
export function heldOf(field: Field, saved: unknown): Held {
  const value = saved ?? field.default;
  if (field.type === 'input-checkbox') return value === true;
  // Secrets are not told: an empty field leaves them as they are.
  if (field.type === 'input-password') return '';
  if (field.type === 'input-list') return Array.isArray(value) ? value.map(String).join('\n') : '';
  return value == null ? '' : String(value);
}

/** What is sent of a field; `undefined` leaves the setting alone, `null` takes it away. */
export function sentOf(field: Field, held: Held): unknown {
  if (typeof held === 'boolean') return held;
  if (field.type === 'input-password') return held === '' ? undefined : held;
  if (field.type === 'input-list') {
    return held
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
  }
  if (held.trim() === '') return null;
  if (field.type === 'input-number') return Number(held);
  return held;
}

const LETTERS: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&amp;': '&' };

/** The description as it was written. */
export function plainOf(escaped: string): string {
  return escaped.replace(/&(?:lt|gt|quot|amp);/g, (letter) => LETTERS[letter] ?? letter);
}

/** `name` moved by one place among `names`. */
export function moved(names: readonly string[], name: string, step: 1 | -1): readonly string[] {
  const from = names.indexOf(name);
  const to = from + step;
  if (from < 0 || to < 0 || to >= names.length) return names;
  const others = names.filter((other) => other !== name);
  return [...others.slice(0, to), name, ...others.slice(to)];
}
