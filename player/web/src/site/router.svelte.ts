/**
 * Which page is shown? A small router over real links: plain clicks on same-site anchors that a
 * page answers to are handled here, everything else is the browser's.
 */
import { tick } from 'svelte';
import { findRoute, type Match } from './routes';

/** What the history remembers of a page one has left by a link. */
interface Place {
  /** How far it was scrolled, CSS pixels. */
  readonly top: number;
}

/** A page that fetches its lists has no length to scroll in at first. */
const PATIENCE_MS = 2000;

/** Scrolls to where one was as soon as the page is long enough; a hand on the wheel ends it. */
function scrollBackTo(top: number): void {
  const until = performance.now() + PATIENCE_MS;
  const hand = new AbortController();
  for (const kind of ['wheel', 'touchstart', 'keydown'] as const) {
    addEventListener(kind, () => hand.abort(), { once: true, passive: true, signal: hand.signal });
  }
  const step = () => {
    if (hand.signal.aborted) return;
    scrollTo(0, top);
    if (Math.abs(scrollY - top) > 1 && performance.now() < until) requestAnimationFrame(step);
    else hand.abort();
  };
  requestAnimationFrame(step);
}

class Router {
  /** The page that matches the address; `null` shows the not-found page. */
  match = $state.raw<Match | null>(null);
  path = $state('/');
  query = $state.raw(new URLSearchParams());

  start(): void {
    this.#read();
    addEventListener('popstate', (event: PopStateEvent) => {
      this.#read();
      scrollBackTo((event.state as Place | null)?.top ?? 0);
    });
    document.addEventListener('click', (event) => this.#follow(event));
  }

  /** Goes to a page of this site. */
  go(href: string, { replace = false, focus = true } = {}): void {
    if (replace) history.replaceState(null, '', href);
    else {
      const place: Place = { top: scrollY };
      history.replaceState(place, '');
      history.pushState(null, '', href);
    }
    const samePage = this.#read();
    // Another page of a list starts at its top too; a filter that changes under the hand does not.
    if (!samePage || !replace) scrollTo(0, 0);
    if (focus) void this.#focusContent();
  }

  /** Whether only the query changed. */
  #read(): boolean {
    const samePath = this.path === location.pathname;
    this.path = location.pathname;
    this.query = new URLSearchParams(location.search);
    if (!samePath || this.match === null) this.match = findRoute(location.pathname);
    return samePath;
  }

  /** Screen readers and the keyboard start anew at the content of the new page. */
  async #focusContent(): Promise<void> {
    await tick();
    document.getElementById('content')?.focus({ preventScroll: true });
  }

  #follow(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const anchor = (event.target as Element | null)?.closest?.('a');
    if (!anchor || anchor.target !== '' || anchor.hasAttribute('download')) return;
    const url = new URL(anchor.href, location.href);
    if (url.origin !== location.origin || findRoute(url.pathname) === null) return;
    if (url.hash !== '' && url.pathname === location.pathname) return;
    event.preventDefault();
    this.go(url.pathname + url.search + url.hash);
  }
}

export const router = new Router();

/** Names the page in the tab; the shell's `<title>` has the same form. */
export function nameTab(title: string, siteName: string): void {
  document.title = title === '' || title === siteName ? siteName : `${title} · ${siteName}`;
}
