import { expect, it } from 'vitest';
import { drawnHeight, renditionLabel } from './quality';

it('names renditions by their shorter side', () => {
  expect(renditionLabel({ width: 1280, height: 720, fps: 25 })).toBe('720p');
  expect(renditionLabel({ width: 720, height: 1280, fps: 29.97 })).toBe('720p');
  expect(renditionLabel({ width: 1920, height: 1080, fps: 59.94 })).toBe('1080p60');
  expect(renditionLabel({ width: 0, height: 480, fps: 0 })).toBe('480p');
});

it('measures the picture inside its box', () => {
  expect(drawnHeight({ width: 1280, height: 720 }, 16 / 9, 1)).toBe(720);
  expect(drawnHeight({ width: 640, height: 720 }, 16 / 9, 2)).toBe(720);
  expect(drawnHeight({ width: 1280, height: 720 }, 9 / 16, 1)).toBe(720);
  expect(drawnHeight({ width: 0, height: 0 }, 16 / 9, 1)).toBe(0);
  expect(drawnHeight({ width: 640, height: 360 }, 0, 1)).toBe(0);
});
