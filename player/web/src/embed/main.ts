/** The embed page: one player, told by its address what to play and how. */
import '../design/fonts.css';
import '../design/tokens.css';
import './embed.css';
import { pageLanguage } from '../i18n';
import {
  definePlayer,
  type FarandolePlayer,
  fetchVideo,
  RenewEvent,
  sharingQuestion,
  type VideoAnswer,
} from '../player';
import { parseEmbedOptions, type EmbedOptions } from '../player/params';
import type { Access, PlayerVideo } from '../player/types';
import { wordsFor } from '../player/words';
import { reachable } from '../site/addresses';
import { messagePage, passwordPage } from './message';
import { videoIdOf } from './video-id';

/** Pause between two looks at a video that cannot be played yet. */
const ASK_AGAIN_MS = 4_000;

const say = wordsFor(pageLanguage());
const options = parseEmbedOptions(new URLSearchParams(location.search));
const id = videoIdOf(location.pathname);
let access: Access = {};

function show(page: HTMLElement): void {
  document.body.replaceChildren(page);
}

function videoLink(): { href: string; text: string } {
  return {
    href: `/w/${encodeURIComponent(id)}`,
    text: say('embed.open', { site: location.hostname }),
  };
}

async function begin(): Promise<void> {
  const answer = await fetchVideo(id, access);
  switch (answer.kind) {
    case 'ready':
      play(answer.video);
      return;
    case 'password':
      askPassword(answer.wrong);
      return;
    case 'private':
      show(messagePage(say('embed.private'), videoLink()));
      return;
    case 'notFound':
      show(messagePage(say('embed.notFound'), null));
      return;
    case 'failed':
      show(messagePage(say('embed.failed'), null));
      return;
    default:
      show(messagePage(say(`embed.${answer.kind}`), null));
      setTimeout(() => void begin(), ASK_AGAIN_MS);
  }
}

function askPassword(wrong: boolean): void {
  const words = {
    heading: say('embed.password'),
    label: say('embed.password.label'),
    submit: say('embed.password.submit'),
    wrong: wrong ? say('embed.password.wrong') : null,
  };
  const page = passwordPage(words, (password) => {
    access = { password };
    void begin();
  });
  show(page);
  // Not at first sight: a page must not have its focus taken by a frame inside it.
  if (wrong) page.querySelector('input')?.focus();
}

function play(video: PlayerVideo): void {
  definePlayer();
  const player = document.createElement('farandole-player');
  player.setAttribute('page-keys', '');
  if (!options.controls) player.setAttribute('controls', '0');
  const head = headOf(video.title, options);
  if (head !== null) player.append(head);
  player.addEventListener('renew', (event) => {
    if (event instanceof RenewEvent) event.respondWith(fetchVideo(id, access).then(fresh));
  });
  show(player);
  askAboutSharing(player);
  document.title = video.title;
  player.load(told(video), options);
}

/** There is no page beside the picture here: the question takes its upper edge, and waits for nobody. */
function askAboutSharing(player: FarandolePlayer): void {
  const place = document.createElement('div');
  place.className = 'embed-question';
  place.setAttribute('aria-live', 'polite');
  document.body.append(place);
  player.addEventListener('sharing', () => {
    const box = sharingQuestion(say, location.hostname, (answer) => player.answerSharing(answer));
    place.replaceChildren(...(player.asksSharing ? [box] : []));
  });
}

function fresh(answer: VideoAnswer): PlayerVideo | null {
  return answer.kind === 'ready' ? told(answer.video) : null;
}

/** The video as this page may play it. */
function told(video: PlayerVideo): PlayerVideo {
  return reachable(options.sharing ? video : { ...video, sharing: null });
}

/** The title shown until playback starts, and the mark that leads to the video's own page. */
function headOf(title: string, { title: titled, link }: EmbedOptions): HTMLElement | null {
  if (!titled && !link) return null;
  const head = document.createElement('div');
  head.slot = 'title';
  head.className = 'embed-head';
  const name = document.createElement(link ? 'a' : 'span');
  name.className = 'embed-title';
  name.dir = 'auto';
  name.textContent = titled ? title : '';
  head.append(name);
  if (name instanceof HTMLAnchorElement) {
    const { href, text } = videoLink();
    name.href = href;
    name.target = '_blank';
    name.rel = 'noopener';
    const mark = name.cloneNode(false) as HTMLAnchorElement;
    mark.className = 'embed-mark';
    mark.setAttribute('aria-label', text);
    mark.title = text;
    mark.innerHTML = MARK;
    head.append(mark);
    if (!titled) name.remove();
  }
  return head;
}

/** Five dots, hand in hand, bending into a play sign. */
const MARK =
  '<svg viewBox="0 0 24 24" aria-hidden="true" fill="currentColor" stroke="currentColor" stroke-width="1.6">' +
  '<path d="M6 20V4l7 4 7 4-7 4" fill="none" stroke-linejoin="round"/>' +
  '<g stroke="none"><circle cx="6" cy="20" r="2.4"/><circle cx="6" cy="4" r="2.4"/>' +
  '<circle cx="13" cy="8" r="2.4"/><circle cx="20" cy="12" r="2.4"/><circle cx="13" cy="16" r="2.4"/></g></svg>';

void begin();
