import { expect, it, vi } from 'vitest';
import { ViewCounter } from './views';

function watchFrom(counter: ViewCounter, from: number, to: number): void {
  for (let at = from; at <= to; at += 0.25) counter.at(at);
}

it('reports after a few seconds watched, then every few seconds', () => {
  const send = vi.fn();
  watchFrom(new ViewCounter(send), 0, 14);
  expect(send.mock.calls).toEqual([
    [3, null],
    [8, null],
    [13, null],
  ]);
});

it('does not take a jump for watching', () => {
  const send = vi.fn();
  const counter = new ViewCounter(send);
  counter.at(0);
  counter.at(40);
  counter.at(41);
  expect(send).not.toHaveBeenCalled();
});

it('tells of a seek only when something was watched', () => {
  const send = vi.fn();
  const counter = new ViewCounter(send);
  counter.seeked(30);
  expect(send).not.toHaveBeenCalled();
  watchFrom(counter, 30, 34);
  counter.seeked(10.6);
  expect(send.mock.calls).toEqual([
    [33, null],
    [10, 'seek'],
  ]);
});
