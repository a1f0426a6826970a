import { describe, expect, it } from 'vitest';
import { spriteAt } from './storyboard';

const board = {
  url: '/board.jpg',
  totalWidth: 1152,
  totalHeight: 540,
  spriteWidth: 192,
  spriteHeight: 108,
  spriteSeconds: 2,
};

describe('spriteAt', () => {
  it('walks rows from left to right', () => {
    expect(spriteAt(board, 0)).toEqual({ x: 0, y: 0, width: 192, height: 108 });
    expect(spriteAt(board, 3.9)).toEqual({ x: 192, y: 0, width: 192, height: 108 });
    expect(spriteAt(board, 12)).toEqual({ x: 0, y: 108, width: 192, height: 108 });
  });

  it('stays on the last picture when the video is longer than the sheet', () => {
    expect(spriteAt(board, 1e6)).toEqual({ x: 960, y: 432, width: 192, height: 108 });
  });

  it('stays on the first picture before the start', () => {
    expect(spriteAt(board, -3)).toEqual({ x: 0, y: 0, width: 192, height: 108 });
  });

  it.each([
    { spriteWidth: 0 },
    { spriteSeconds: 0 },
    { totalWidth: 100 },
    { totalHeight: 0 },
    { spriteHeight: Number.NaN },
  ])('has no picture on a sheet with %o', (change) => {
    expect(spriteAt({ ...board, ...change }, 4)).toBeNull();
  });
});
