/** Which parts of a text did a rule see? Offsets become pieces that can be shown one by one. */
import type { Span } from '../api/moderation';

export interface Piece {
  readonly text: string;
  readonly marked: boolean;
}

/** Cuts `text` at spans, which may overlap, touch, repeat, or lie outside. */
export function cut(text: string, spans: readonly Pick<Span, 'start' | 'end'>[]): readonly Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const { start, end } of united(text, spans)) {
    if (start > at) pieces.push({ text: text.slice(at, start), marked: false });
    pieces.push({ text: text.slice(start, end), marked: true });
    at = end;
  }
  if (at < text.length) pieces.push({ text: text.slice(at), marked: false });
  return pieces;
}

function united(text: string, spans: readonly Pick<Span, 'start' | 'end'>[]) {
  const inside = spans
    .map(({ start, end }) => ({
      start: whole(text, Math.max(0, start), -1),
      end: whole(text, Math.min(text.length, end), 1),
    }))
    .filter(({ start, end }) => end > start)
    .sort((a, b) => a.start - b.start || a.end - b.end);
  const found: { start: number; end: number }[] = [];
  for (const span of inside) {
    const last = found.at(-1);
    if (last && span.start <= last.end) last.end = Math.max(last.end, span.end);
    else found.push({ ...span });
  }
  return found;
}

/** Never between the two halves of one letter. */
function whole(text: string, at: number, step: 1 | -1): number {
  const code = text.charCodeAt(at);
  const isSecondHalf = code >= 0xdc00 && code <= 0xdfff && at > 0;
  return isSecondHalf ? at + step : at;
}

/** The beginning of a long text that still shows its first mark, for a list. */
export function excerpt(
  text: string,
  spans: readonly Pick<Span, 'start' | 'end'>[],
  length = 140,
): readonly Piece[] {
  const first = Math.min(...spans.map(({ start }) => start), text.length);
  const from = first > length * 0.7 ? whole(text, first - Math.round(length / 3), -1) : 0;
  const to = whole(text, Math.min(text.length, from + length), 1);
  const moved = spans.map(({ start, end }) => ({ start: start - from, end: end - from }));
  const pieces = cut(text.slice(from, to), moved);
  const dots = (there: boolean): Piece[] => (there ? [{ text: '…', marked: false }] : []);
  return [...dots(from > 0), ...pieces, ...dots(to < text.length)];
}
