/**
 * The settings menu: a list of topics, each opening a list of choices.
 *
 * WAI-ARIA menu pattern: arrows move, Enter chooses, Escape goes back and out.
 */
import { icon } from './icons';

export interface MenuChoice {
  readonly id: string;
  readonly label: string;
  /** A remark behind the label, such as why the choice cannot be made yet. */
  readonly note?: string;
  readonly checked: boolean;
  readonly disabled?: boolean;
  /** Language of the label, when it is not the page's. */
  readonly lang?: string;
}

export interface MenuTopic {
  readonly id: string;
  readonly label: string;
  /** What is chosen now, in words. */
  readonly value: string;
  /** Empty: the topic itself is chosen, with an empty id. */
  readonly choices: readonly MenuChoice[];
}

export interface MenuOwner {
  topics(): readonly MenuTopic[];
  chosen(topic: string, choice: string): void;
  /** The menu closed; `refocus` when the keyboard was in it. */
  closed(refocus: boolean): void;
  readonly backLabel: string;
}

export class SettingsMenu {
  readonly #panel: HTMLElement;
  readonly #owner: MenuOwner;
  #topic: string | null = null;

  constructor(panel: HTMLElement, owner: MenuOwner) {
    this.#panel = panel;
    this.#owner = owner;
    panel.addEventListener('keydown', (event) => this.#key(event));
    panel.addEventListener('click', (event) => this.#click(event));
  }

  get open(): boolean {
    return !this.#panel.hidden;
  }

  show(): void {
    this.#topic = null;
    this.#panel.hidden = false;
    this.#render();
    this.#focus(0);
  }

  hide(refocus: boolean): void {
    if (!this.open) return;
    this.#panel.hidden = true;
    this.#panel.replaceChildren();
    this.#owner.closed(refocus);
  }

  /** Something shown may have changed: draw again, keeping the place. */
  refresh(): void {
    if (!this.open) return;
    const at = this.#items().findIndex((item) => item.matches(':focus'));
    this.#render();
    if (at >= 0) this.#focus(at);
  }

  #render(): void {
    const topics = this.#owner.topics();
    const topic = topics.find(({ id }) => id === this.#topic);
    if (topic === undefined) {
      this.#topic = null;
      this.#panel.replaceChildren(...topics.map((entry) => this.#topicItem(entry)));
    } else {
      this.#panel.replaceChildren(
        this.#backItem(topic),
        ...topic.choices.map((choice) => choiceItem(choice)),
      );
    }
  }

  #topicItem(topic: MenuTopic): HTMLElement {
    const item = menuItem('menuitem', topic.id);
    item.append(span('label', topic.label), span('value', topic.value));
    if (topic.choices.length === 0) return item;
    item.setAttribute('aria-haspopup', 'menu');
    item.append(iconSpan('chevronRight'));
    return item;
  }

  #backItem(topic: MenuTopic): HTMLElement {
    const item = menuItem('menuitem', '');
    item.classList.add('back');
    item.setAttribute('aria-label', this.#owner.backLabel);
    item.append(iconSpan('chevronLeft'), span('label', topic.label));
    return item;
  }

  #click(event: Event): void {
    const target = event.target instanceof Element ? event.target.closest('button') : null;
    if (target === null || target.getAttribute('aria-disabled') === 'true') return;
    const id = target.dataset['id'] ?? '';
    if (this.#topic === null) this.#enter(id);
    else if (id === '') this.#leave();
    else {
      this.#owner.chosen(this.#topic, id);
      this.hide(true);
    }
  }

  #enter(topic: string): void {
    const acts = this.#owner.topics().some(({ id, choices }) => id === topic && choices.length === 0);
    if (acts) {
      this.hide(true);
      this.#owner.chosen(topic, '');
      return;
    }
    this.#topic = topic;
    this.#render();
    const checked = this.#items().findIndex((item) => item.getAttribute('aria-checked') === 'true');
    this.#focus(Math.max(0, checked));
  }

  #leave(): void {
    const topics = this.#owner.topics();
    const at = topics.findIndex(({ id }) => id === this.#topic);
    this.#topic = null;
    this.#render();
    this.#focus(Math.max(0, at));
  }

  #key(event: KeyboardEvent): void {
    const items = this.#items();
    const at = items.findIndex((item) => item.matches(':focus'));
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: (at + 1) % items.length,
      ArrowUp: (at - 1 + items.length) % items.length,
      Home: 0,
      End: items.length - 1,
    };
    const to = moves[event.key];
    if (to !== undefined) this.#focus(to);
    else if (event.key === 'Escape' || (event.key === 'ArrowLeft' && this.#topic !== null)) {
      if (this.#topic === null) this.hide(true);
      else this.#leave();
    } else if (event.key === 'ArrowRight' && items[at]?.hasAttribute('aria-haspopup') === true) items[at]?.click();
    else if (event.key === 'Tab') this.hide(false);
    else if (event.key !== 'Enter' && event.key !== ' ') return;
    // The player's own keys must not act on what is meant for the menu.
    event.stopPropagation();
    if (event.key !== 'Tab' && event.key !== 'Enter' && event.key !== ' ') event.preventDefault();
  }

  #items(): HTMLButtonElement[] {
    return [...this.#panel.querySelectorAll('button')];
  }

  #focus(index: number): void {
    this.#items()[index]?.focus();
  }
}

function choiceItem(choice: MenuChoice): HTMLElement {
  const item = menuItem('menuitemradio', choice.id);
  item.setAttribute('aria-checked', String(choice.checked));
  if (choice.disabled === true) item.setAttribute('aria-disabled', 'true');
  const label = span('label', choice.label);
  if (choice.lang !== undefined && choice.lang !== '') label.lang = choice.lang;
  label.dir = 'auto';
  item.append(iconSpan('check'), label);
  if (choice.note !== undefined) item.append(span('value', choice.note));
  return item;
}

function menuItem(role: string, id: string): HTMLButtonElement {
  const item = document.createElement('button');
  item.type = 'button';
  item.tabIndex = -1;
  item.setAttribute('role', role);
  item.dataset['id'] = id;
  return item;
}

function span(className: string, text: string): HTMLElement {
  const element = document.createElement('span');
  element.className = className;
  element.textContent = text;
  return element;
}

function iconSpan(name: 'check' | 'chevronLeft' | 'chevronRight'): HTMLElement {
  const element = document.createElement('span');
  element.className = `icon ${name}`;
  element.innerHTML = icon(name);
  return element;
}
