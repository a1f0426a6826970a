/** Which key does what. Pure; `element.ts` carries the commands out. */

export type Command =
  | { readonly do: 'toggle' | 'mute' | 'fullscreen' | 'captions' | 'pip' | 'theatre' | 'help' }
  | { readonly do: 'seekBy'; readonly seconds: number }
  | { readonly do: 'volumeBy'; readonly step: number }
  | { readonly do: 'seekToTenth'; readonly tenth: number }
  | { readonly do: 'speedBy'; readonly steps: 1 | -1 };

export interface Key {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** Keys with their catalogue entries, in the order the help shows them. */
export const HELP = [
  ['Space  K', 'help.toggle'],
  ['←  →', 'help.five'],
  ['J  L', 'help.ten'],
  ['0 – 9', 'help.tenth'],
  ['↑  ↓', 'help.volume'],
  ['M', 'help.mute'],
  ['C', 'help.captions'],
  ['<  >', 'help.speed'],
  ['F', 'help.fullscreen'],
  ['T', 'help.theatre'],
  ['I', 'help.pip'],
  ['?', 'help.help'],
] as const;

const SIMPLE: ReadonlyMap<string, Command> = new Map<string, Command>([
  [' ', { do: 'toggle' }],
  ['k', { do: 'toggle' }],
  ['m', { do: 'mute' }],
  ['f', { do: 'fullscreen' }],
  ['c', { do: 'captions' }],
  ['i', { do: 'pip' }],
  ['t', { do: 'theatre' }],
  ['?', { do: 'help' }],
  ['j', { do: 'seekBy', seconds: -10 }],
  ['l', { do: 'seekBy', seconds: 10 }],
  ['arrowleft', { do: 'seekBy', seconds: -5 }],
  ['arrowright', { do: 'seekBy', seconds: 5 }],
  ['arrowup', { do: 'volumeBy', step: 0.05 }],
  ['arrowdown', { do: 'volumeBy', step: -0.05 }],
  ['<', { do: 'speedBy', steps: -1 }],
  ['>', { do: 'speedBy', steps: 1 }],
  ['home', { do: 'seekToTenth', tenth: 0 }],
]);

/** The command of a key press; null leaves the key to the browser. */
export function commandFor(key: Key): Command | null {
  if (key.ctrlKey || key.metaKey || key.altKey) return null;
  if (/^[0-9]$/.test(key.key)) return { do: 'seekToTenth', tenth: Number(key.key) };
  return SIMPLE.get(key.key.toLowerCase()) ?? null;
}

/** Speeds offered, slowest first. */
export const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2] as const;

/** The offered speed one step from `current`. */
export function speedStep(current: number, steps: 1 | -1): number {
  const next =
    steps > 0
      ? SPEEDS.find((speed) => speed > current + 0.001)
      : SPEEDS.findLast((speed) => speed < current - 0.001);
  return next ?? current;
}
