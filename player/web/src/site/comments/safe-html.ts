/**
 * How does the HTML of a comment reach the page? The server has already made it safe; here it is
 * built anew from a short list of elements, so that a fault there is not a fault here. Nothing is
 * ever assigned to `innerHTML` of the living page: the text is read by an inert parser, and only
 * known elements, with known attributes, are made.
 */
import { here } from '../addresses';
import { splitText } from '../rich-text';

/** What Markdown of comments becomes. Everything else is shown as the text it holds. */
const ELEMENTS: ReadonlySet<string> = new Set([
  ...['p', 'br', 'strong', 'em', 'del', 'code', 'pre', 'blockquote'],
  ...['ul', 'ol', 'li', 'a', 'hr', 'b', 'i', 's', 'sub', 'sup', 'bdi'],
]);

/** Elements whose inside is not text for people. */
const SILENT: ReadonlySet<string> = new Set([
  ...['script', 'style', 'template', 'noscript', 'iframe', 'object', 'embed', 'svg', 'math'],
  ...['textarea', 'select', 'title', 'head', 'xmp', 'plaintext', 'video', 'audio', 'canvas'],
]);

/** Deeper nesting than anybody writes is flattened. */
const DEEPEST = 24;

export interface Moments {
  /** Moments such as `1:02` up to this many seconds become buttons. */
  readonly upToSeconds: number;
  readonly go: (seconds: number) => void;
}

/** The nodes to show for `html`, made for `document`. */
export function safeFragment(html: string, moments: Moments | null = null): DocumentFragment {
  const read = new DOMParser().parseFromString(html, 'text/html');
  const fragment = document.createDocumentFragment();
  copy(read.body, fragment, moments, 0);
  return fragment;
}

function copy(from: Node, to: Node, moments: Moments | null, depth: number): void {
  for (const node of from.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) {
      const text = node.textContent ?? '';
      // Line breaks are kept as written: the one after a `<br>` is no second one.
      appendText(isBreak(node.previousSibling) ? text.replace(/^\n/, '') : text, to, moments);
    } else if (node instanceof Element || isElement(node)) {
      copyElement(node as Element, to, moments, depth);
    }
  }
}

const isBreak = (node: Node | null): boolean => node !== null && node.nodeName.toLowerCase() === 'br';

/** Nodes of another document are of another class in some engines. */
const isElement = (node: Node): boolean => node.nodeType === Node.ELEMENT_NODE;

function copyElement(from: Element, to: Node, moments: Moments | null, depth: number): void {
  const name = from.localName.toLowerCase();
  if (SILENT.has(name)) return;
  if (!ELEMENTS.has(name) || depth > DEEPEST) return copy(from, to, moments, depth);
  const made = document.createElement(name);
  const href = name === 'a' ? safeAddress(from.getAttribute('href') ?? '') : null;
  if (name === 'a' && href === null) return copy(from, to, moments, depth + 1);
  keep(from, made);
  if (made instanceof HTMLAnchorElement && href !== null) aim(made, href);
  // A link or a piece of code says what it says: no buttons inside.
  const plain = name === 'a' || name === 'code' || name === 'pre';
  copy(from, made, plain ? null : moments, depth + 1);
  to.appendChild(made);
}

/** The direction of a text, and the number a list begins with. */
function keep(from: Element, made: Element): void {
  const dir = from.getAttribute('dir') ?? '';
  if (['auto', 'ltr', 'rtl'].includes(dir)) made.setAttribute('dir', dir);
  const start = from.getAttribute('start') ?? '';
  if (made.localName === 'ol' && /^\d{1,9}$/.test(start)) made.setAttribute('start', start);
}

/** Web addresses only; a path of this site stays one. */
function safeAddress(href: string): string | null {
  const address = here(href.trim());
  if (/^\/(?![/\\])/.test(address)) return address;
  return /^https?:\/\/[^/\\]/i.test(address) && URL.canParse(address) ? address : null;
}

function aim(anchor: HTMLAnchorElement, href: string): void {
  anchor.href = href;
  anchor.rel = 'nofollow ugc noopener';
  // Pages of this site open in place, as everywhere on it.
  if (!href.startsWith('/')) anchor.target = '_blank';
}

function appendText(text: string, to: Node, moments: Moments | null): void {
  if (moments === null) {
    to.appendChild(document.createTextNode(text));
    return;
  }
  for (const part of splitText(text, moments.upToSeconds)) {
    if (part.kind !== 'moment') {
      to.appendChild(document.createTextNode(part.text));
      continue;
    }
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'moment';
    button.textContent = part.text;
    button.addEventListener('click', () => moments.go(part.seconds));
    to.appendChild(button);
  }
}
