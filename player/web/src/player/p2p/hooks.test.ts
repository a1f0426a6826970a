import { expect, it } from 'vitest';
import { isPatient } from './hooks';

const beginning = { elapsedMs: 0, peers: 0, bufferedSeconds: 8, paused: false };

it('waits for peers only as long as playback does not notice', () => {
  expect(isPatient(beginning)).toBe(true);
  expect(isPatient({ ...beginning, bufferedSeconds: 2 })).toBe(false);
  expect(isPatient({ ...beginning, bufferedSeconds: 2, paused: true })).toBe(true);
  expect(isPatient({ ...beginning, elapsedMs: 3_000 })).toBe(false);
  expect(isPatient({ ...beginning, elapsedMs: 3_000, peers: 1 })).toBe(true);
  expect(isPatient({ ...beginning, elapsedMs: 10_000, peers: 1 })).toBe(false);
});
