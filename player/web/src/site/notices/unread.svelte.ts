/** How many notifications has one not read? Asked now and then while somebody looks at the page. */
import { countUnread } from '../api/notifications';

const PAUSE_MS = 60_000;

class Unread {
  count = $state(0);
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Begins to ask; the answer ends it. */
  watch(): () => void {
    void this.refresh();
    const look = () => {
      if (document.visibilityState === 'visible') void this.refresh();
    };
    document.addEventListener('visibilitychange', look);
    this.#timer ??= setInterval(look, PAUSE_MS);
    return () => {
      document.removeEventListener('visibilitychange', look);
      clearInterval(this.#timer);
      this.#timer = undefined;
      this.count = 0;
    };
  }

  async refresh(): Promise<void> {
    try {
      this.count = await countUnread();
    } catch {
      // The bell says what it said before.
    }
  }
}

export const unread = new Unread();
