/** Connects the player's buttons, menu, keys and messages with the session. */
import { FACTS_CHANGED } from './store';
import { commandFor, speedStep, type Command } from './keyboard';
import { choiceOf, menuTopics, NO_CAPTION, qualityName, speedName } from './menu-topics';
import type { Answer } from './p2p/choice';
import { FiguresPanel } from './p2p/figures';
import { problemMessage, type Problem } from './problem';
import type { Session } from './session';
import { SettingsMenu } from './settings-menu';
import type { Parts } from './template';
import { formatTime } from './time';
import type { Say } from './words';

/** What the controls ask of the element. */
export interface ControlsHost {
  readonly element: HTMLElement;
  toggleTheatre(): void;
  answerSharing(answer: Answer): void;
}

export class Controls {
  readonly #parts: Parts;
  readonly #session: Session;
  readonly #host: ControlsHost;
  readonly #say: Say;
  readonly #menu: SettingsMenu;
  readonly #figures: FiguresPanel;
  #wasGrowing = false;

  constructor(parts: Parts, session: Session, host: ControlsHost, say: Say, signal: AbortSignal) {
    this.#parts = parts;
    this.#session = session;
    this.#host = host;
    this.#say = say;
    this.#menu = new SettingsMenu(parts.panel, {
      topics: () => menuTopics(this.#menuFacts(), say),
      chosen: (topic, choice) => this.#chosen(topic, choice),
      closed: (refocus) => this.#menuClosed(refocus),
      backLabel: say('settings.back'),
    });
    this.#figures = new FiguresPanel(parts.figures, session.sharing, say, parts.controller.lang);
    signal.addEventListener('abort', () => this.#figures.hide());
    parts.captions.addEventListener('press', () => this.#run({ do: 'captions' }), { signal });
    parts.theatre.addEventListener('press', () => host.toggleTheatre(), { signal });
    parts.settings.addEventListener('press', () => this.#toggleMenu(), { signal });
    parts.retry.addEventListener('click', () => session.tryAgain(), { signal });
    parts.controller.addEventListener('dblclick', (event) => this.#doubleClicked(event), { signal });
    parts.media.addEventListener('playing', () => this.#started(), { signal });
    parts.media.addEventListener('ended', () => this.announce(say('say.ended')), { signal });
    parts.media.addEventListener('ratechange', () => this.#menu.refresh(), { signal });
    document.addEventListener('pointerdown', (event) => this.#clickedAway(event), { signal });
  }

  /** Draws again whatever depends on the session. */
  refresh(): void {
    const { captions, media } = this.#parts;
    const session = this.#session;
    captions.hidden = session.captions.list.length === 0;
    const showing = session.captions.showing !== null;
    captions.setAttribute('pressed', String(showing));
    captions.setAttribute('label', this.#say(showing ? 'captions.off' : 'captions.on'));
    this.#refreshGrowth();
    media.dispatchEvent(new Event(FACTS_CHANGED));
    this.#menu.refresh();
  }

  /** Shows a problem, with a button unless the player is trying by itself; null clears it. */
  problem(problem: Problem | null, trying: boolean): void {
    const { problem: box, problemText, retry } = this.#parts;
    this.#host.element.toggleAttribute('failed', problem !== null && !trying);
    box.hidden = problem === null;
    if (problem === null) return;
    box.dataset['kind'] = trying ? 'trying' : 'stopped';
    problemText.textContent = this.#say(trying ? 'problem.retrying' : problemMessage(problem));
    retry.hidden = trying;
  }

  /** Says something to screen readers without moving the focus. */
  announce(text: string): void {
    this.#parts.status.textContent = text;
  }

  /** Handles a key press meant for the player. */
  key(event: KeyboardEvent): void {
    if (event.defaultPrevented || this.#parts.help.open) return;
    const target = event.composedPath()[0];
    if (target instanceof Element && keepsKey(target, event.key)) return;
    const command = sliderCommand(target, event.key) ?? commandFor(event);
    if (command === null) return;
    event.preventDefault();
    this.#run(command);
  }

  #run(command: Command): void {
    const { media } = this.#session;
    switch (command.do) {
      case 'toggle':
        this.announce(this.#say(media.paused ? 'say.playing' : 'say.paused'));
        if (media.paused) void this.#session.play();
        else media.pause();
        return;
      case 'seekBy':
        this.#seek(media.currentTime + command.seconds);
        return;
      case 'seekToTenth':
        this.#seek((this.#session.durationSeconds * command.tenth) / 10);
        return;
      case 'volumeBy':
        media.volume = Math.min(1, Math.max(0, media.volume + command.step));
        media.muted = false;
        this.announce(this.#say('say.volume', { percent: Math.round(media.volume * 100) }));
        return;
      case 'mute':
        media.muted = !media.muted;
        this.announce(this.#say(media.muted ? 'say.muted' : 'say.unmuted'));
        return;
      case 'speedBy':
        this.#setSpeed(speedStep(media.playbackRate, command.steps));
        return;
      case 'captions':
        this.#showCaption(
          this.#session.captions.showing === null ? this.#session.preferredCaption : null,
        );
        return;
      case 'theatre':
        this.#host.toggleTheatre();
        return;
      case 'help':
        this.#parts.help.showModal();
        // The focus goes to the button at the end; reading begins at the top.
        this.#parts.help.scrollTop = 0;
        return;
      case 'fullscreen':
        this.#request(this.#has('mediaisfullscreen') ? 'mediaexitfullscreenrequest' : 'mediaenterfullscreenrequest');
        return;
      case 'pip':
        this.#request(this.#has('mediaispip') ? 'mediaexitpiprequest' : 'mediaenterpiprequest');
    }
  }

  #seek(seconds: number): void {
    this.#session.seek(seconds);
    this.announce(this.#say('say.seeked', { time: formatTime(this.#session.media.currentTime) }));
  }

  #setSpeed(speed: number): void {
    this.#session.setSpeed(speed);
    this.announce(this.#say('say.speed', { speed: speedName(speed, this.#say) }));
  }

  #showCaption(language: string | null): void {
    this.#session.showCaption(language);
    const { captions } = this.#session;
    const shown = captions.list.find((caption) => caption.language === captions.showing);
    this.announce(
      shown === undefined
        ? this.#say('say.captionsOff')
        : this.#say('say.captions', { language: shown.label }),
    );
  }

  #share(on: boolean): void {
    this.#host.answerSharing(on ? 'yes' : 'no');
    if (!on) this.#figures.hide();
    this.announce(this.#say(on ? 'say.sharingOn' : 'say.sharingOff'));
  }

  #request(type: string): void {
    this.#parts.controller.dispatchEvent(new CustomEvent(type, { bubbles: true, composed: true }));
  }

  #has(attribute: string): boolean {
    return this.#parts.controller.hasAttribute(attribute);
  }

  #chosen(topic: string, choice: string): void {
    const { engine } = this.#session;
    if (topic === 'quality') {
      engine.choose(choiceOf(choice));
      this.#host.element.toggleAttribute('sound-only', engine.choice === 'audio');
      const quality = qualityName(engine, engine.choice, this.#say);
      this.announce(this.#say('say.quality', { quality }));
    } else if (topic === 'audio') engine.chooseAudio(Number(choice));
    else if (topic === 'captions') this.#showCaption(choice === NO_CAPTION ? null : choice);
    else if (topic === 'figures') this.#figures.show();
    else if (topic === 'sharing') this.#share(choice === 'yes');
    else this.#setSpeed(Number(choice));
  }

  #toggleMenu(): void {
    if (this.#menu.open) {
      this.#menu.hide(true);
      return;
    }
    this.#menu.show();
    this.#keepControls(true);
    this.#parts.settings.setAttribute('aria-expanded', 'true');
    this.#parts.settings.toggleAttribute('notooltip', true);
  }

  #menuClosed(refocus: boolean): void {
    this.#keepControls(false);
    this.#parts.settings.setAttribute('aria-expanded', 'false');
    this.#parts.settings.toggleAttribute('notooltip', false);
    if (refocus) this.#parts.settings.focus();
  }

  /** While the menu is open nothing fades away. */
  #keepControls(keep: boolean): void {
    this.#parts.controller.toggleAttribute('noautohide', keep);
    if (keep) this.#parts.controller.setAttribute('autohide', '-1');
    else this.#parts.controller.setAttribute('autohide', '3');
  }

  #menuFacts(): Parameters<typeof menuTopics>[0] {
    const { engine, media, captions, sharing } = this.#session;
    return {
      engine,
      sharing,
      speed: media.playbackRate,
      captions: captions.list,
      caption: captions.showing,
      language: this.#parts.controller.lang,
    };
  }

  #refreshGrowth(): void {
    const { growing } = this.#session.engine;
    const { durationSeconds, madeSeconds } = this.#session;
    const whole = !growing || madeSeconds >= durationSeconds - 1;
    this.#host.element.toggleAttribute('growing', !whole);
    this.#parts.growing.hidden = whole;
    if (!whole) {
      const time = formatTime(madeSeconds);
      this.#parts.growing.textContent = this.#say('growing', { time });
      this.#host.element.style.setProperty('--made', `${(100 * madeSeconds) / durationSeconds}%`);
      if (!this.#wasGrowing) this.announce(this.#say('say.making', { time }));
    } else if (this.#wasGrowing) this.announce(this.#say('say.complete'));
    this.#wasGrowing = !whole;
  }

  #started(): void {
    this.#host.element.toggleAttribute('started', true);
  }

  #doubleClicked(event: Event): void {
    const target = event.composedPath()[0];
    if (target instanceof Element && target.closest('#controls, #panel, #figures, #problem, #help')) return;
    this.#run({ do: 'fullscreen' });
  }

  #clickedAway(event: Event): void {
    const path = event.composedPath();
    if (!this.#menu.open || path.includes(this.#parts.panel)) return;
    if (!path.includes(this.#parts.settings)) this.#menu.hide(false);
  }
}

/** Whether the focused element needs the key itself: text being typed, a button being pressed. */
function keepsKey(target: Element, key: string): boolean {
  if (target.matches('input:not([type="range"]), textarea, select, [contenteditable]')) return true;
  const pressable = 'button, a[href], summary, [role="button"], [role^="menuitem"], [role="tab"]';
  return (key === ' ' || key === 'Enter') && target.matches(pressable);
}

/** Arrow keys on a focused slider move that slider, in steps people can use. */
function sliderCommand(target: EventTarget | undefined, key: string): Command | null {
  if (!(target instanceof Element) || !target.matches('input[type="range"]')) return null;
  const direction = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[key];
  if (direction === undefined) return null;
  const root = target.getRootNode();
  const isVolume = root instanceof ShadowRoot && root.host.localName === 'media-volume-range';
  return isVolume
    ? { do: 'volumeBy', step: 0.05 * direction }
    : { do: 'seekBy', seconds: 5 * direction };
}
