import { expect, it } from 'vitest';
import { AudioStripper } from './strip-audio';

function box(type: string, ...content: (number[] | Uint8Array)[]): Uint8Array {
  const body = content.flatMap((piece) => [...piece]);
  const size = body.length + 8;
  const letters = [...type].map((letter) => letter.charCodeAt(0));
  return Uint8Array.from([0, 0, size >> 8, size & 0xff, ...letters, ...body]);
}

const words = (...values: number[]): number[] => values.flatMap((value) => [0, 0, 0, value]);
const text = (value: string): number[] => [...value].map((letter) => letter.charCodeAt(0));

const track = (id: number, handler: string): Uint8Array =>
  box('trak', box('tkhd', words(0, 0, 0, id)), box('mdia', box('hdlr', words(0, 0), text(handler))));

const init = box(
  'moov',
  track(1, 'vide'),
  track(2, 'soun'),
  box('mvex', box('trex', words(0, 1)), box('trex', words(0, 2))),
);
const fragment = Uint8Array.from([
  ...box('moof', box('mfhd', words(0, 7)), box('traf', box('tfhd', words(0, 1))), box('traf', box('tfhd', words(0, 2)))),
  ...box('mdat', text('pictures and sound')),
]);

const types = (data: ArrayBuffer): string => String.fromCharCode(...new Uint8Array(data)).replace(/[^a-z]/g, '');

it('frees the sound track of an init segment and of what follows, and nothing else', () => {
  const stripper = new AudioStripper();
  const head = init.slice().buffer;
  stripper.strip(head);
  expect(types(head)).toBe('moovtraktkhdmdiahdlrvidefreetkhdmdiahdlrsounmvextrexfree');
  const piece = fragment.slice().buffer;
  stripper.strip(piece);
  expect(types(piece)).toBe('moofmfhdtraftfhdfreetfhdmdatpicturesandsound');
  expect(piece.byteLength).toBe(fragment.byteLength);
});

it('leaves a fragment alone whose tracks it does not know', () => {
  const piece = fragment.slice().buffer;
  new AudioStripper().strip(piece);
  expect(new Uint8Array(piece)).toEqual(fragment);
});

it.each([
  ['nothing', []],
  ['no MP4', text('<html>not found</html>')],
  ['a cut-off box', [...init.slice(0, init.length - 5)]],
  ['a size of zero', [0, 0, 0, 0, ...text('moov')]],
  ['a size of three', [0, 0, 0, 3, ...text('moov')]],
])('survives %s', (_, bytes) => {
  const data = Uint8Array.from(bytes);
  expect(() => new AudioStripper().strip(data.buffer)).not.toThrow();
});
