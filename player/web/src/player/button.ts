/** A button of the player's own among media-chrome's: same looks, same keys, same tooltip. */
import { MediaChromeButton } from 'media-chrome/dist/media-chrome-button.js';

/**
 * `<farandole-button label="…" pressed="true">`: the label is the accessible name and
 * the tooltip. It dispatches `press` for clicks, Enter and space alike.
 */
export class FarandoleButton extends MediaChromeButton {
  static override get observedAttributes(): string[] {
    return [...super.observedAttributes, 'label', 'pressed'];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#describe();
  }

  override attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    super.attributeChangedCallback(name, before, now);
    if (this.isConnected && before !== now) this.#describe();
  }

  override handleClick(): void {
    this.dispatchEvent(new CustomEvent('press', { bubbles: true }));
  }

  #describe(): void {
    const label = this.getAttribute('label') ?? '';
    this.setAttribute('aria-label', label);
    const pressed = this.getAttribute('pressed');
    if (pressed === null) this.removeAttribute('aria-pressed');
    else this.setAttribute('aria-pressed', pressed);
    const tooltip = this.shadowRoot?.querySelector('slot[name="tooltip-content"]');
    if (tooltip !== null && tooltip !== undefined) tooltip.textContent = label;
  }
}
