/**
 * The words typed while a file is on its way: they outlive a look at another page, and a reload
 * of the site. Pictures and passwords are not kept: neither belongs into the browser's storage.
 */
import type { VideoFields } from '../parts/edit/fields';

const KEY = 'farandole.draft';

class Draft {
  fields = $state<VideoFields | null>(null);
  /** Saved by the person, to be sent when the file has arrived. */
  waiting = $state(false);
  /** What stands here is what the server has. */
  saved = $state(false);

  begin(fields: VideoFields): void {
    this.fields = fields;
    this.waiting = false;
    this.saved = false;
  }

  /** Writes the words down; call it when they change. */
  keep(): void {
    if (this.fields === null) return;
    const kept = { ...$state.snapshot(this.fields), thumbnail: null, passwords: '' };
    localStorage.setItem(KEY, JSON.stringify(kept));
  }

  /** Begins with the words of before a reload, or with `otherwise`. */
  restore(otherwise: VideoFields): void {
    this.begin(readDraft(localStorage.getItem(KEY), otherwise));
  }

  end(): void {
    this.fields = null;
    this.waiting = false;
    this.saved = false;
    localStorage.removeItem(KEY);
  }
}

/** What is kept, field by field: one of another kind than expected is not used. */
export function readDraft(text: string | null, otherwise: VideoFields): VideoFields {
  try {
    const kept: unknown = JSON.parse(text ?? 'null');
    if (typeof kept !== 'object' || kept === null || Array.isArray(kept)) return otherwise;
    const known = Object.entries(otherwise).map(([key, value]: [string, unknown]) => {
      const found: unknown = (kept as Record<string, unknown>)[key];
      const fits = Array.isArray(value)
        ? Array.isArray(found) && found.every((item) => typeof item === 'string')
        : value !== null && typeof found === typeof value;
      return [key, fits ? found : value];
    });
    return Object.fromEntries(known) as VideoFields;
  } catch {
    return otherwise;
  }
}

export const draft = new Draft();
