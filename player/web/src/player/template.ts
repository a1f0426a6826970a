/** The player's shadow tree: media-chrome's elements, our buttons, and where they sit. */
import 'media-chrome/dist/media-control-bar.js';
import 'media-chrome/dist/media-controller.js';
import 'media-chrome/dist/media-fullscreen-button.js';
import 'media-chrome/dist/media-loading-indicator.js';
import 'media-chrome/dist/media-mute-button.js';
import 'media-chrome/dist/media-pip-button.js';
import 'media-chrome/dist/media-play-button.js';
import 'media-chrome/dist/media-time-display.js';
import 'media-chrome/dist/media-time-range.js';
import 'media-chrome/dist/media-volume-range.js';
import type { MediaController } from 'media-chrome/dist/media-controller.js';
import { icon } from './icons';
import { HELP } from './keyboard';
import panels from './panels.css?inline';
import styles from './player.css?inline';
import { FarandoleButton } from './button';
import { labelMediaChrome, type Say } from './words';

/** The elements the rest of the player acts on. */
export interface Parts {
  readonly controller: MediaController;
  readonly media: HTMLVideoElement;
  readonly poster: HTMLImageElement;
  readonly title: HTMLElement;
  readonly bigPlay: HTMLElement;
  readonly captions: HTMLElement;
  readonly settings: HTMLElement;
  readonly theatre: HTMLElement;
  readonly panel: HTMLElement;
  readonly figures: HTMLElement;
  readonly growing: HTMLElement;
  readonly problem: HTMLElement;
  readonly problemText: HTMLElement;
  readonly retry: HTMLButtonElement;
  readonly help: HTMLDialogElement;
  readonly status: HTMLElement;
}

/** What the panel of sharing shows, in order. */
const FIGURES = ['peers', 'fromPeers', 'fromServer', 'uploaded'] as const;

let sheet: CSSStyleSheet | null = null;

/** Fills `root` with the player's tree. `language` must be set before: labels are made once. */
export function build(root: ShadowRoot, language: string, say: Say): Parts {
  labelMediaChrome();
  if (customElements.get('farandole-button') === undefined) {
    customElements.define('farandole-button', FarandoleButton);
  }
  if (sheet === null) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(styles + panels);
  }
  root.adoptedStyleSheets = [sheet];
  root.innerHTML = markup(language, say);
  customElements.upgrade(root);
  return {
    controller: find(root, '#controller'),
    media: find(root, 'video'),
    poster: find(root, '#poster'),
    title: find(root, '#title'),
    bigPlay: find(root, '#big-play'),
    captions: find(root, '#captions'),
    settings: find(root, '#settings'),
    theatre: find(root, '#theatre'),
    panel: find(root, '#panel'),
    figures: find(root, '#figures'),
    growing: find(root, '#growing'),
    problem: find(root, '#problem'),
    problemText: find(root, '#problem-text'),
    retry: find(root, '#retry'),
    help: find(root, '#help'),
    status: find(root, '#announcer'),
  };
}

function find<E extends Element>(root: ShadowRoot, selector: string): E {
  const element = root.querySelector<E>(selector);
  if (element === null) throw new Error(`the player's markup has no ${selector}`);
  return element;
}

function markup(language: string, say: Say): string {
  const keys = HELP.map(([key, text]) => {
    const of = text === 'help.theatre' ? ' class="theatre-only"' : '';
    const name = key.replace('Space', say('help.space'));
    return `<dt${of}>${escape(name)}</dt><dd${of}>${say(text)}</dd>`;
  }).join('');
  const figures = FIGURES.map(
    (name) => `<dt>${say(`sharing.${name}`)}</dt><dd data-figure="${name}"></dd>`,
  ).join('');
  return `
    <media-controller id="controller" nohotkeys nodefaultstore novolumepref nomutedpref
        autohide="3" breakpoints="narrow:0 medium:520 wide:760" lang="${language}">
      <video slot="media" playsinline preload="metadata"></video>
      <img id="poster" slot="poster" alt="" hidden>
      <div slot="top-chrome" id="title" hidden><slot name="title"></slot></div>
      <media-loading-indicator slot="centered-chrome" noautohide></media-loading-indicator>
      <media-play-button id="big-play" slot="centered-chrome" notooltip>
        ${icon('play', 'play')}${icon('pause', 'pause')}
      </media-play-button>
      <div id="panel" role="menu" aria-label="${say('settings')}" hidden></div>
      <section id="figures" aria-label="${say('sharing.figures')}" hidden>
        <dl>${figures}</dl>
        <p></p>
        <button type="button" aria-label="${say('sharing.figures.close')}">${icon('close')}</button>
      </section>
      <div id="controls" dir="ltr">
        <media-time-range></media-time-range>
        <media-control-bar>
          <media-play-button>${icon('play', 'play')}${icon('pause', 'pause')}</media-play-button>
          <span id="sound">
            <media-mute-button>
              ${icon('volumeOff', 'off')}${icon('volumeLow', 'low')}
              ${icon('volumeLow', 'medium')}${icon('volumeHigh', 'high')}
            </media-mute-button>
            <media-volume-range></media-volume-range>
          </span>
          <media-time-display showduration notoggle></media-time-display>
          <span id="growing" hidden></span>
          <span id="spacer"></span>
          <farandole-button id="captions" label="${say('captions.on')}" pressed="false" hidden>
            ${icon('captions')}
          </farandole-button>
          <farandole-button id="settings" label="${say('settings')}" aria-haspopup="menu"
              aria-expanded="false">${icon('settings')}</farandole-button>
          <media-pip-button>${icon('pip', 'enter')}${icon('pip', 'exit')}</media-pip-button>
          <farandole-button id="theatre" label="${say('theatre.enter')}" hidden>
            ${icon('theatre')}
          </farandole-button>
          <media-fullscreen-button>
            ${icon('maximize', 'enter')}${icon('minimize', 'exit')}
          </media-fullscreen-button>
        </media-control-bar>
      </div>
      <div slot="dialog" id="problem" role="alert" hidden>
        <p id="problem-text"></p>
        <button type="button" id="retry">${say('retry')}</button>
      </div>
      <dialog slot="dialog" id="help" aria-labelledby="help-title">
        <h2 id="help-title">${say('help')}</h2>
        <dl>${keys}</dl>
        <form method="dialog"><button>${say('help.close')}</button></form>
      </dialog>
    </media-controller>
    <div id="announcer" role="status"></div>`;
}

function escape(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
