/** The words typed while a file is on its way: they outlive a look at another page. */
import type { VideoFields } from '../parts/edit/fields';

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

  end(): void {
    this.fields = null;
    this.waiting = false;
    this.saved = false;
  }
}

export const draft = new Draft();
