import { describe, expect, it } from 'vitest';
import { accountAnswer, decide, keepAnswer, readAnswer } from './choice';

const ask = { policy: 'ask' } as const;
const on = { policy: 'on' } as const;

describe('decide', () => {
  it('shares nothing that may not be shared, whatever anybody answered', () => {
    expect(decide(null, 'yes', 'yes')).toBe('off');
  });

  it('asks where the policy is to ask, and begins where it is on', () => {
    expect(decide(ask, null, null)).toBe('ask');
    expect(decide(on, null, null)).toBe('on');
  });

  it('takes the answer of this browser before that of the account', () => {
    expect(decide(on, 'no', 'yes')).toBe('off');
    expect(decide(ask, 'yes', 'no')).toBe('on');
    expect(decide(ask, null, 'yes')).toBe('on');
    expect(decide(on, null, 'no')).toBe('off');
  });
});

it('takes a default that nobody chose for no answer', () => {
  expect(accountAnswer({ p2pEnabled: true, p2pChosen: false })).toBeNull();
  expect(accountAnswer({ p2pEnabled: true, p2pChosen: true })).toBe('yes');
  expect(accountAnswer({ p2pEnabled: false, p2pChosen: true })).toBe('no');
});

it('keeps an answer, and reads nothing else for one', () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
  expect(readAnswer(storage)).toBeNull();
  keepAnswer(storage, 'no');
  expect(readAnswer(storage)).toBe('no');
  expect([...kept]).toEqual([['farandole.p2p', 'no']]);
  kept.set('farandole.p2p', 'perhaps');
  expect(readAnswer(storage)).toBeNull();
  const refusing = {
    getItem: () => {
      throw new Error('refused');
    },
    setItem: () => {
      throw new Error('refused');
    },
  };
  keepAnswer(refusing, 'yes');
  expect(readAnswer(refusing)).toBeNull();
});
