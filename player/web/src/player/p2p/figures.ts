/** The small panel for those who look: who is connected, and what came from where. */
import type { Say } from '../words';
import type { Sharing } from './sharing';

const EVERY_MS = 1_000;

export type ShownSharing = Pick<Sharing, 'figures' | 'minViewers' | 'held' | 'running'>;

export class FiguresPanel {
  readonly #panel: HTMLElement;
  readonly #sharing: ShownSharing;
  readonly #say: Say;
  readonly #language: string;
  #timer: ReturnType<typeof setInterval> | null = null;

  constructor(panel: HTMLElement, sharing: ShownSharing, say: Say, language: string) {
    this.#panel = panel;
    this.#sharing = sharing;
    this.#say = say;
    this.#language = language;
    panel.addEventListener('keydown', (event) => this.#key(event));
    panel.querySelector('button')?.addEventListener('click', () => this.hide());
  }

  show(): void {
    this.#panel.hidden = false;
    this.#draw();
    this.#timer ??= setInterval(() => this.#draw(), EVERY_MS);
    this.#panel.querySelector('button')?.focus();
  }

  hide(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#panel.hidden = true;
  }

  #key(event: KeyboardEvent): void {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    this.hide();
  }

  #draw(): void {
    const { peers, fromPeers, fromServer, uploaded } = this.#sharing.figures;
    const values = { peers: String(peers), fromPeers, fromServer, uploaded };
    for (const [name, value] of Object.entries(values)) {
      const place = this.#panel.querySelector(`[data-figure="${name}"]`);
      if (place === null) continue;
      place.textContent = typeof value === 'string' ? value : megabytes(value, this.#language);
      place.setAttribute('data-value', String(value));
    }
    const note = this.#panel.querySelector('p');
    if (note !== null) note.textContent = this.#note(peers);
  }

  #note(peers: number): string {
    const { held, running, minViewers } = this.#sharing;
    if (running && held) return this.#say('sharing.held');
    if (running && peers === 0 && minViewers > 1) return this.#say('sharing.waiting', { count: minViewers });
    return '';
  }
}

export function megabytes(bytes: number, language: string): string {
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit: 'megabyte',
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  }).format(bytes / 1e6);
}
