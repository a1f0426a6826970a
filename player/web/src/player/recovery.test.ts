import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Recovery } from './recovery';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function remedies(renewed: boolean) {
  return {
    retry: vi.fn(),
    recover: vi.fn(),
    renew: vi.fn(() => Promise.resolve(renewed)),
    trying: vi.fn(),
    giveUp: vi.fn(),
  };
}

it('retries after a pause and says so from the second time on', async () => {
  const acts = remedies(true);
  const recovery = new Recovery(acts);
  await recovery.handle('network');
  expect(acts.retry).not.toHaveBeenCalled();
  expect(acts.trying).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1_000);
  expect(acts.retry).toHaveBeenCalledTimes(1);
  await recovery.handle('network');
  expect(acts.trying).toHaveBeenCalledTimes(1);
});

it('counts one failure once, however many requests it broke', async () => {
  const acts = remedies(true);
  const recovery = new Recovery(acts);
  await recovery.handle('network');
  await recovery.handle('network');
  await recovery.handle('network');
  vi.advanceTimersByTime(1_000);
  expect(acts.retry).toHaveBeenCalledTimes(1);
});

it('gives up after the last pause, and starts over when forgiven', async () => {
  const acts = remedies(true);
  const recovery = new Recovery(acts);
  for (let i = 0; i < 6; i += 1) {
    await recovery.handle('network');
    vi.advanceTimersByTime(60_000);
  }
  expect(acts.giveUp).toHaveBeenCalledExactlyOnceWith('network');
  recovery.forgive(['network']);
  await recovery.handle('network');
  expect(recovery.waiting).toBe(true);
});

it('retries at once when the network is back', async () => {
  const acts = remedies(true);
  const recovery = new Recovery(acts);
  await recovery.handle('network');
  recovery.retryNow();
  expect(acts.retry).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(60_000);
  expect(acts.retry).toHaveBeenCalledTimes(1);
});

it('gives up when nobody has a fresh video', async () => {
  const acts = remedies(false);
  await new Recovery(acts).handle('gone');
  expect(acts.giveUp).toHaveBeenCalledExactlyOnceWith('gone');
});

it('rebuilds the decoder twice, no more', async () => {
  const acts = remedies(true);
  const recovery = new Recovery(acts);
  for (let i = 0; i < 3; i += 1) await recovery.handle('decode');
  expect(acts.recover).toHaveBeenCalledTimes(2);
  expect(acts.giveUp).toHaveBeenCalledExactlyOnceWith('decode');
});
