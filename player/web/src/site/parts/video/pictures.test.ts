import { expect, it } from 'vitest';
import { storyboardCell, thumbnailOf } from './pictures';
import type { Video } from '../../api/types';

const board = {
  totalWidth: 1920,
  totalHeight: 1080,
  spriteWidth: 192,
  spriteHeight: 108,
  spriteDuration: 2,
};

it('finds the cell of a moment', () => {
  expect(storyboardCell(board, 0, 200)).toMatchObject({ column: 0, row: 0, columns: 10, rows: 10 });
  expect(storyboardCell(board, 0.999, 200)).toMatchObject({ column: 9, row: 9 });
});

it('never shows the empty end of a sheet', () => {
  expect(storyboardCell(board, 1, 21)).toMatchObject({ column: 0, row: 1 });
});

it('takes the smallest picture that is sharp', () => {
  const picture = (width: number) => ({ fileUrl: `/${width}.jpg`, width, height: width });
  const video = { thumbnails: [picture(850), picture(280)] } as unknown as Video;
  expect(thumbnailOf(video, 200)).toBe('/280.jpg');
  expect(thumbnailOf(video, 600)).toBe('/850.jpg');
  expect(thumbnailOf(video, 2000)).toBe('/850.jpg');
  expect(thumbnailOf({ thumbnailPath: '/t.jpg' } as unknown as Video, 600)).toBe('/t.jpg');
  expect(thumbnailOf({} as Video, 200)).toBeNull();
});
