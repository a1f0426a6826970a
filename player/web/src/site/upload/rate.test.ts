import { expect, it } from 'vitest';
import { Rate } from './rate';

it('says nothing before it knows', () => {
  const rate = new Rate();
  rate.add(0, 0);
  expect(rate.perSecond()).toBeNull();
  expect(rate.secondsLeft(100)).toBeNull();
});

it('follows the last seconds, not the whole upload', () => {
  const rate = new Rate();
  for (let second = 0; second <= 20; second++) rate.add(second * 100, second * 1000);
  for (let second = 21; second <= 40; second++) rate.add(2000 + (second - 20) * 10, second * 1000);
  expect(rate.perSecond()).toBeCloseTo(10);
  expect(rate.secondsLeft(2300)).toBeCloseTo(10);
});

it('starts anew when bytes were lost', () => {
  const rate = new Rate();
  rate.add(0, 0);
  rate.add(1000, 1000);
  rate.add(500, 2000);
  expect(rate.perSecond()).toBeNull();
  rate.add(700, 3000);
  expect(rate.perSecond()).toBeCloseTo(200);
});

it('gives no time while nothing moves', () => {
  const rate = new Rate();
  rate.add(10, 0);
  rate.add(10, 2000);
  expect(rate.secondsLeft(100)).toBeNull();
});
