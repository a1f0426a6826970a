/**
 * What went wrong, what the player does about it, and what it tells people.
 *
 * Pure: the engine reports failures in these words, `recovery.ts` acts on them.
 */

export type Problem =
  /** No answer: the network or the server is away. */
  | 'network'
  /** 401 or 403: the token ran out, or the viewer may not have it. */
  | 'access'
  /** 404 or 410: this generation of the video was replaced, or the video is gone. */
  | 'gone'
  /** The browser cannot decode what came. */
  | 'decode'
  /** The browser plays neither HLS through MediaSource nor natively. */
  | 'unsupported'
  | 'server';

/** Catalogue key of the sentence shown for a problem. */
export function problemMessage(problem: Problem): `problem.${Problem}` {
  return `problem.${problem}`;
}

/** The problem behind an HTTP status; 0 stands for no answer at all. */
export function problemOfStatus(status: number): Problem {
  if (status === 401 || status === 403) return 'access';
  if (status === 404 || status === 410) return 'gone';
  if (status >= 400) return 'server';
  return 'network';
}

/** What a failed `<video>` says, by `MediaError.code`. */
export function problemOfMediaError(code: number): Problem {
  if (code === 2) return 'network';
  if (code === 4) return 'unsupported';
  return 'decode';
}

export type Step =
  /** Load on from where playback stands, after this pause. */
  | { readonly kind: 'retry'; readonly afterMs: number }
  /** Ask the page for a fresh description of the video, then go on at the same position. */
  | { readonly kind: 'renew' }
  /** Rebuild the decoder. */
  | { readonly kind: 'recover' }
  /** Say so and wait for a person. */
  | { readonly kind: 'stop' };

const RETRY_PAUSES_MS = [1_000, 2_000, 4_000, 8_000, 15_000];

/** The next thing to try when `problem` has happened `tries` times in a row (0: first time). */
export function nextStep(problem: Problem, tries: number): Step {
  switch (problem) {
    case 'network':
    case 'server': {
      const afterMs = RETRY_PAUSES_MS[tries];
      return afterMs === undefined ? { kind: 'stop' } : { kind: 'retry', afterMs };
    }
    case 'access':
    case 'gone':
      return tries < 2 ? { kind: 'renew' } : { kind: 'stop' };
    case 'decode':
      return tries < 2 ? { kind: 'recover' } : { kind: 'stop' };
    case 'unsupported':
      return { kind: 'stop' };
  }
}
