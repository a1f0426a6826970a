/**
 * What is in a description? Plain text, links and moments (`1:02`). Nothing becomes HTML: the
 * parts are shown as text and as anchors made here.
 */
import { parseClock } from './format';

export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly href: string }
  | { readonly kind: 'moment'; readonly text: string; readonly seconds: number };

const PATTERN = /(https?:\/\/[^\s<>"]+)|(?<![\w:.])((?:\d{1,2}:)?\d{1,2}:[0-5]\d)(?![\w:])/g;

/** `moments` up to this many seconds are links; later ones (or none with 0) stay text. */
export function splitText(text: string, momentsUpTo = 0): readonly Part[] {
  const parts: Part[] = [];
  let end = 0;
  const push = (part: Part, start: number, length: number) => {
    if (start > end) parts.push({ kind: 'text', text: text.slice(end, start) });
    parts.push(part);
    end = start + length;
  };
  for (const found of text.matchAll(PATTERN)) {
    const [whole, url, moment] = found;
    if (url !== undefined) {
      const href = trimUrl(url);
      if (URL.canParse(href)) push({ kind: 'link', text: href, href }, found.index, href.length);
    } else if (moment !== undefined) {
      const seconds = parseClock(moment);
      if (seconds !== null && seconds <= momentsUpTo) {
        push({ kind: 'moment', text: whole, seconds }, found.index, whole.length);
      }
    }
  }
  if (end < text.length) parts.push({ kind: 'text', text: text.slice(end) });
  return parts;
}

/** A full stop or a bracket after a link belongs to the sentence. */
function trimUrl(url: string): string {
  let trimmed = url.replace(/[.,;:!?'»]+$/, '');
  if (trimmed.endsWith(')') && !trimmed.includes('(')) trimmed = trimmed.slice(0, -1);
  return trimmed;
}
