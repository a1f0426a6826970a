/**
 * The seam to media-chrome: what its buttons and bar show, taken from the engine
 * where the `<video>` alone would tell it wrongly (a growing video's length, how far
 * one may seek, storyboard pictures, chapters).
 */
import { requestMap } from 'media-chrome/dist/media-store/request-map.js';
import { createMediaStore, type MediaStore } from 'media-chrome/dist/media-store/media-store.js';
import { stateMediator, type StateMediator } from 'media-chrome/dist/media-store/state-mediator.js';
import { spriteAt } from './storyboard';
import type { Chapter, Storyboard } from './types';

/** What the bar needs to know of the video. */
export interface Facts {
  readonly durationSeconds: number;
  /** How far one may seek now. */
  readonly madeSeconds: number;
  readonly chapters: readonly Chapter[];
  readonly storyboard: Storyboard | null;
  seek(seconds: number): void;
}

/** Dispatched on the `<video>` when `Facts` may have changed. */
export const FACTS_CHANGED = 'farandole-facts';

export function createStore(
  media: HTMLVideoElement,
  fullscreenElement: HTMLElement,
  facts: Facts,
): MediaStore {
  return createMediaStore({
    media,
    fullscreenElement,
    documentElement: media.ownerDocument,
    stateMediator: withFacts(facts),
    requestMap: {
      ...requestMap,
      mediaseekrequest: (_mediator, _owners, { detail }) => {
        if (typeof detail === 'number') facts.seek(detail);
      },
      mediapreviewrequest: (_mediator, _owners, { detail }) => preview(facts, detail),
    },
    options: { noMutedPref: true, noVolumePref: true, noSubtitlesLangPref: true },
  });
}

function withFacts(facts: Facts): StateMediator {
  return {
    ...stateMediator,
    mediaDuration: {
      get: () => (facts.durationSeconds > 0 ? facts.durationSeconds : Number.NaN),
      mediaEvents: [...(stateMediator.mediaDuration.mediaEvents ?? []), FACTS_CHANGED],
    },
    // The bar is as long as the video; `Facts.seek` keeps to what is made.
    mediaSeekable: {
      get: () => (facts.durationSeconds > 0 ? [0, facts.durationSeconds] : undefined),
      mediaEvents: [...(stateMediator.mediaSeekable.mediaEvents ?? []), FACTS_CHANGED],
    },
    mediaStreamType: { get: () => 'on-demand', mediaEvents: [FACTS_CHANGED] },
    mediaTimeIsLive: { get: () => false, mediaEvents: [FACTS_CHANGED] },
    mediaChaptersCues: {
      get: () => chapterCues(facts),
      mediaEvents: [FACTS_CHANGED],
    },
  };
}

interface ChapterCue {
  readonly text: string;
  readonly startTime: number;
  readonly endTime: number;
}

function chapterCues({ chapters, durationSeconds }: Facts): ChapterCue[] {
  if (durationSeconds <= 0) return [];
  const cues = chapters.map(({ title, startSeconds }, index) => ({
    text: title,
    startTime: startSeconds,
    endTime: chapters[index + 1]?.startSeconds ?? durationSeconds,
  }));
  const first = cues[0];
  // Segments must cover the bar from its start, named or not.
  if (first === undefined || first.startTime === 0) return cues;
  return [{ text: '', startTime: 0, endTime: first.startTime }, ...cues];
}

function preview(facts: Facts, detail: unknown): Record<string, unknown> {
  if (typeof detail !== 'number') {
    return {
      mediaPreviewTime: undefined,
      mediaPreviewImage: undefined,
      mediaPreviewCoords: undefined,
      mediaPreviewChapter: undefined,
    };
  }
  const board = facts.storyboard;
  const sprite = board === null ? null : spriteAt(board, detail);
  const chapter = chapterCues(facts).find((cue) => cue.startTime <= detail && detail < cue.endTime);
  return {
    mediaPreviewTime: detail,
    mediaPreviewImage: sprite === null ? undefined : board?.url,
    mediaPreviewCoords:
      sprite === null ? undefined : [sprite.x, sprite.y, sprite.width, sprite.height],
    mediaPreviewChapter: chapter?.text ?? '',
  };
}
