import { describe, expect, it } from 'vitest';
import english from '../i18n/player.en.json';
import { nextStep, problemMessage, problemOfMediaError, problemOfStatus } from './problem';

const PROBLEMS = ['network', 'access', 'gone', 'decode', 'unsupported', 'server'] as const;

it.each([
  [0, 'network'],
  [401, 'access'],
  [403, 'access'],
  [404, 'gone'],
  [410, 'gone'],
  [416, 'server'],
  [503, 'server'],
] as const)('takes status %d for %s', (status, problem) => {
  expect(problemOfStatus(status)).toBe(problem);
});

it.each([
  [2, 'network'],
  [3, 'decode'],
  [4, 'unsupported'],
] as const)('takes MediaError %d for %s', (code, problem) => {
  expect(problemOfMediaError(code)).toBe(problem);
});

describe('nextStep', () => {
  it.each(PROBLEMS)('stops in the end: %s', (problem) => {
    expect(nextStep(problem, 9)).toEqual({ kind: 'stop' });
  });

  it('tries again by itself, ever more slowly', () => {
    const pauses = [0, 1, 2, 3, 4].map((tries) => {
      const step = nextStep('network', tries);
      return step.kind === 'retry' ? step.afterMs : -1;
    });
    expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
    expect(pauses[0]).toBeGreaterThan(0);
  });

  it('asks for a fresh video before it gives up on access', () => {
    expect(nextStep('access', 0)).toEqual({ kind: 'renew' });
    expect(nextStep('gone', 0)).toEqual({ kind: 'renew' });
  });
});

it.each(PROBLEMS)('has a sentence for %s', (problem) => {
  expect(english[problemMessage(problem)]).toBeTruthy();
});
