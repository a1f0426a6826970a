import { expect, it } from 'vitest';
import { here } from './addresses';

it('asks for our own files by path and leaves others alone', () => {
  const base = 'https://v.example';
  expect(here('https://v.example/a.jpg?videoFileToken=t', base)).toBe('/a.jpg?videoFileToken=t');
  expect(here('https://v.example.evil/a.jpg', base)).toBe('https://v.example.evil/a.jpg');
  expect(here('/a.jpg', base)).toBe('/a.jpg');
  expect(here('https://v.example/a.jpg', '')).toBe('https://v.example/a.jpg');
});
