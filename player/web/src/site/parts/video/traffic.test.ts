import { expect, it } from 'vitest';
import { savedFraction } from './traffic';

it('tells what part viewers brought each other', () => {
  expect(savedFraction({ httpBytes: 25, p2pBytes: 75, uploadedBytes: 75 })).toBe(0.75);
  expect(savedFraction({ httpBytes: 0, p2pBytes: 0, uploadedBytes: 0 })).toBe(0);
});
