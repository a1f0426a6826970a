import { describe, expect, it } from 'vitest';
import { findRoute, toPattern } from './routes';

describe('routes', () => {
  it('find a page and its parameters', () => {
    expect(findRoute('/w/abc')?.params).toEqual({ id: 'abc' });
    expect(findRoute('/c/ana%40example.org')?.params).toEqual({ name: 'ana@example.org' });
    expect(findRoute('/')).not.toBeNull();
    expect(findRoute('/login/')).not.toBeNull();
  });

  it('know which pages need a signed-in person', () => {
    expect(findRoute('/videos/upload')?.signedIn).toBe(true);
    expect(findRoute('/videos/watch/x')?.signedIn).toBe(false);
    expect(findRoute('/my-library/moderation/blocks')?.signedIn).toBe(true);
  });

  it('leave everything else to the server', () => {
    for (const path of ['/api/v1/videos', '/w/', '/w/a/b', '/videos/embed/x', '/w/%E0%A4%A']) {
      expect(findRoute(path), path).toBeNull();
    }
  });

  it('match whole segments only', () => {
    expect(toPattern('/w/:id').test('/w/a/b')).toBe(false);
  });
});
