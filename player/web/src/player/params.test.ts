import { describe, expect, it } from 'vitest';
import { parseEmbedOptions } from './params';

const parse = (query: string) => parseEmbedOptions(new URLSearchParams(query));

describe('parseEmbedOptions', () => {
  it('has defaults', () => {
    expect(parse('')).toEqual({
      startSeconds: null,
      stopSeconds: null,
      loop: false,
      autoplay: false,
      muted: false,
      subtitle: null,
      title: true,
      controls: true,
      link: true,
      sharing: true,
    });
  });

  it('reads what PeerTube writes into embed codes', () => {
    expect(
      parse('start=1m5s&stop=90s&loop=1&autoplay=1&muted=1&title=0&controls=0&peertubeLink=0&subtitle=fr&p2p=0'),
    ).toEqual({
      startSeconds: 65,
      stopSeconds: 90,
      loop: true,
      autoplay: true,
      muted: true,
      subtitle: 'fr',
      title: false,
      controls: false,
      link: false,
      sharing: false,
    });
  });

  it('ignores a stop before the start', () => {
    expect(parse('start=60&stop=30').stopSeconds).toBeNull();
    expect(parse('stop=0').stopSeconds).toBeNull();
  });

  it('takes words and bare names for flags, and garbage for nothing', () => {
    expect(parse('loop&autoplay=true&title=false')).toMatchObject({
      loop: true,
      autoplay: true,
      title: false,
    });
    expect(parse('controls=maybe&loop=maybe')).toMatchObject({ controls: true, loop: false });
  });
});
