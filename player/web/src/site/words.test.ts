import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import desk from '../i18n/desk.en.json';
import english from '../i18n/site.en.json';

/** Everything the site is written in, as one text. */
function source(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(svelte|ts)$/.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');
}

it.each([
  ['site', english],
  ['desk', desk],
])('has no message of the %s that nobody says', (_part, catalogue) => {
  const text = source(import.meta.dirname);
  const unused = Object.keys(catalogue)
    .map((key) => key.replace(/_(one|many|other)$/, ''))
    .filter((key) => !text.includes(`'${key}'`));
  expect(unused).toEqual([]);
});
