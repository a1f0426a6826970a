import { expect, it } from 'vitest';
import { fromGigabytes, toGigabytes } from './quota';

it('reads back what it wrote', () => {
  for (const bytes of [-1, 0, 500_000_000, 5_000_000_000]) {
    expect(fromGigabytes(toGigabytes(bytes))).toBe(bytes);
  }
});

it('takes both decimal marks and refuses the rest', () => {
  expect(fromGigabytes('1,5')).toBe(1_500_000_000);
  expect(fromGigabytes(2)).toBe(2_000_000_000);
  expect(fromGigabytes(null)).toBe(-1);
  expect(fromGigabytes('-2')).toBeNull();
  expect(fromGigabytes('much')).toBeNull();
});
