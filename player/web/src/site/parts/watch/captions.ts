/** What is said when? WebVTT as a list of sentences, for the transcript. */

export interface Cue {
  readonly startSeconds: number;
  readonly text: string;
}

const TIMING = /^((?:\d+:)?\d{2}:\d{2}[.,]\d{3})\s+-->/;

function seconds(stamp: string): number {
  return stamp
    .replace(',', '.')
    .split(':')
    .reduce((total, part) => total * 60 + Number(part), 0);
}

/** The cues of a WebVTT file in order; tags and positions are dropped, unknown blocks skipped. */
export function readCues(vtt: string): readonly Cue[] {
  const cues: Cue[] = [];
  for (const block of vtt.replace(/\r\n?/g, '\n').split(/\n{2,}/)) {
    const lines = block.split('\n');
    const at = lines.findIndex((line) => TIMING.test(line));
    const stamp = TIMING.exec(lines[at] ?? '')?.[1];
    if (stamp === undefined) continue;
    const text = lines
      .slice(at + 1)
      .join(' ')
      .replace(/<[^>]*>/g, '')
      .replace(/&lt;/g, '<')
      .replace(/&gt;/g, '>')
      .replace(/&nbsp;/g, '\u00a0')
      .replace(/&amp;/g, '&')
      .trim();
    if (text !== '') cues.push({ startSeconds: seconds(stamp), text });
  }
  return cues;
}
