import { describe, expect, it } from 'vitest';
import { capForSize, growthUrl, isAhead, leads, madeSeconds, playableWindow, readEdges, type Edge } from './growth';

const growing = (seconds: number): Edge => ({ seconds, complete: false, targetSeconds: 4 });
const complete = (seconds: number): Edge => ({ seconds, complete: true, targetSeconds: 4 });

describe('readEdges', () => {
  const text = JSON.stringify({
    targetDuration: 4,
    renditions: [
      { playlist: 'g-720.m3u8', seconds: 7.5, complete: false },
      { playlist: 'g-240.m3u8', seconds: 0, complete: false },
      { playlist: 'g-audio.m3u8', seconds: 60, complete: true },
    ],
  });

  it('finds each rendition by its playlist', () => {
    expect(readEdges(text, ['g-audio.m3u8', 'g-720.m3u8'])).toEqual([
      { seconds: 60, complete: true, targetSeconds: 4 },
      { seconds: 7.5, complete: false, targetSeconds: 4 },
    ]);
  });

  it('says nothing of a rendition without a segment: it has no playlist to load', () => {
    expect(readEdges(text, ['g-240.m3u8', 'g-480.m3u8'])).toEqual([null, null]);
  });

  it('refuses an error page', () => {
    expect(() => readEdges('<html>502</html>', ['g-720.m3u8'])).toThrow(SyntaxError);
  });
});

it('is asked beside the master playlist, with the token of its address', () => {
  expect(growthUrl('https://v.example/hls/u/g-master.m3u8?videoFileToken=t')).toBe(
    'https://v.example/hls/u/g-growth.json?videoFileToken=t',
  );
});

describe('isAhead', () => {
  it('wants a few segments beyond the need', () => {
    expect(isAhead(growing(32), 20, 60)).toBe(true);
    expect(isAhead(growing(31), 20, 60)).toBe(false);
  });

  it('accepts what is as far as anything, within a segment', () => {
    expect(isAhead(growing(20), 20, 20)).toBe(true);
    expect(isAhead(growing(16), 20, 20)).toBe(true);
    expect(isAhead(growing(12), 20, 20)).toBe(false);
  });

  it('never trusts what was not read', () => {
    expect(isAhead(null, 0, 0)).toBe(false);
  });
});

describe('leads', () => {
  it('counts seconds from the playhead, whatever the segments', () => {
    expect(leads(growing(26), 20, 6, 60)).toBe(true);
    expect(leads(growing(25), 20, 6, 60)).toBe(false);
    expect(leads(complete(20), 20, 6, 60)).toBe(true);
    expect(leads(null, 0, 0, 0)).toBe(false);
  });
});

describe('playableWindow', () => {
  it('holds everything when all grow side by side', () => {
    expect(playableWindow([growing(20), growing(20), growing(20)], 18)).toEqual({ lowest: 0, highest: 2 });
  });

  it('holds only the copied top rendition while the encoded ones are behind', () => {
    expect(playableWindow([growing(4), growing(4), complete(60)], 10)).toEqual({ lowest: 2, highest: 2 });
  });

  it('opens again when the encoded ones have overtaken the viewer', () => {
    expect(playableWindow([growing(30), growing(30), complete(60)], 10)).toEqual({ lowest: 0, highest: 2 });
  });

  it('holds only the quick low rendition that was made first', () => {
    expect(playableWindow([complete(60), growing(2), null], 10)).toEqual({ lowest: 0, highest: 0 });
  });

  it('takes the run around the furthest when there is a gap', () => {
    expect(playableWindow([complete(60), growing(2), complete(60)], 10)).toEqual({ lowest: 2, highest: 2 });
  });

  it('closes for a jump beyond what the encoded ones have', () => {
    const edges = [growing(30), growing(30), complete(60)];
    expect(playableWindow(edges, 45)).toEqual({ lowest: 2, highest: 2 });
  });

  it('holds everything when nothing is known', () => {
    expect(playableWindow([null, null], 0)).toEqual({ lowest: 0, highest: 1 });
    expect(playableWindow([], 0)).toEqual({ lowest: 0, highest: 0 });
  });
});

describe('capForSize', () => {
  const heights = [240, 480, 720, 1080];
  const all = { lowest: 0, highest: 3 };

  it('stops at the first rendition that fills the picture', () => {
    expect(capForSize(heights, 400, all)).toEqual({ lowest: 0, highest: 1 });
    expect(capForSize(heights, 720, all)).toEqual({ lowest: 0, highest: 2 });
    expect(capForSize(heights, 2160, all)).toEqual({ lowest: 0, highest: 3 });
  });

  it('yields to the window', () => {
    expect(capForSize(heights, 200, { lowest: 3, highest: 3 })).toEqual({ lowest: 3, highest: 3 });
    expect(capForSize(heights, 2160, { lowest: 0, highest: 1 })).toEqual({ lowest: 0, highest: 1 });
  });

  it('does not cap before the picture has a size', () => {
    expect(capForSize(heights, 0, all)).toEqual(all);
  });
});

describe('madeSeconds', () => {
  it('is the furthest edge', () => {
    expect(madeSeconds([growing(4), null, complete(60)])).toBe(60);
    expect(madeSeconds([])).toBe(0);
  });
});
