/** Puts the captions into the `<video>` as text tracks, and turns one of them on. */
import { authorizationHeaders } from './access';
import type { Access, Caption } from './types';

interface LoadedTrack {
  readonly caption: Caption;
  readonly element: HTMLTrackElement;
}

export class Captions {
  readonly #media: HTMLVideoElement;
  readonly #changed: () => void;
  #tracks: LoadedTrack[] = [];
  #blobs: string[] = [];

  constructor(media: HTMLVideoElement, changed: () => void) {
    this.#media = media;
    this.#changed = changed;
    // The browser's own menus (full screen on a phone, picture in picture) change tracks too.
    media.textTracks.addEventListener('change', () => this.#changed());
  }

  /** Replaces the tracks. Those that need a header are fetched here and handed over as blobs. */
  load(captions: readonly Caption[], access: Access): void {
    this.clear();
    const headers = authorizationHeaders(access);
    for (const caption of captions) {
      const element = this.#media.ownerDocument.createElement('track');
      element.kind = 'subtitles';
      element.label = caption.label;
      element.srclang = caption.language;
      this.#tracks.push({ caption, element });
      if (Object.keys(headers).length === 0) element.src = caption.url;
      else void this.#fetchInto(element, caption.url, headers);
      this.#media.append(element);
    }
    this.#changed();
  }

  get list(): readonly Caption[] {
    return this.#tracks.map(({ caption }) => caption);
  }

  /** Language on screen; null when there is none. */
  get showing(): string | null {
    const shown = this.#tracks.find(({ element }) => element.track.mode === 'showing');
    return shown?.caption.language ?? null;
  }

  /** Shows the captions of a language (`fr` also finds `fr-CA`); null or an unknown one hides all. */
  show(language: string | null): void {
    const wanted = language === null ? undefined : this.#find(language);
    for (const track of this.#tracks) {
      track.element.track.mode = track === wanted ? 'showing' : 'disabled';
    }
    this.#changed();
  }

  clear(): void {
    for (const { element } of this.#tracks) element.remove();
    for (const blob of this.#blobs) URL.revokeObjectURL(blob);
    this.#tracks = [];
    this.#blobs = [];
  }

  #find(language: string): LoadedTrack | undefined {
    const primary = language.split('-')[0] ?? language;
    return (
      this.#tracks.find(({ caption }) => caption.language === language) ??
      this.#tracks.find(({ caption }) => caption.language.split('-')[0] === primary)
    );
  }

  async #fetchInto(
    element: HTMLTrackElement,
    url: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<void> {
    const sameOrigin = new URL(url, location.href).origin === location.origin;
    const response = await fetch(url, sameOrigin ? { headers } : {}).catch(() => null);
    if (response?.ok !== true || !element.isConnected) return;
    const blob = URL.createObjectURL(await response.blob());
    this.#blobs.push(blob);
    element.src = blob;
  }
}
