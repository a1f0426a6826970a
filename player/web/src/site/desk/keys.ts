/** Which key does what at the desk? Pure; the page carries the commands out. */

export type Command =
  | 'next'
  | 'previous'
  | 'approve'
  | 'reject'
  | 'rejectWith'
  | 'undo'
  | 'assign'
  | 'open'
  | 'select'
  | 'selectAll'
  | 'search'
  | 'help';

/** Keys with their commands, in the order the help shows them. */
export const HELP: readonly (readonly [keys: readonly string[], Command])[] = [
  [['j', '↓'], 'next'],
  [['k', '↑'], 'previous'],
  [['o'], 'open'],
  [['a'], 'approve'],
  [['r'], 'reject'],
  [['Shift R'], 'rejectWith'],
  [['u'], 'undo'],
  [['i'], 'assign'],
  [['x'], 'select'],
  [['Shift X'], 'selectAll'],
  [['/'], 'search'],
  [['?'], 'help'],
];

const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ['j', 'next'],
  ['ArrowDown', 'next'],
  ['k', 'previous'],
  ['ArrowUp', 'previous'],
  ['o', 'open'],
  ['a', 'approve'],
  ['r', 'reject'],
  ['R', 'rejectWith'],
  ['u', 'undo'],
  ['i', 'assign'],
  ['x', 'select'],
  ['X', 'selectAll'],
  ['/', 'search'],
  ['?', 'help'],
]);

export interface Press {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly isComposing: boolean;
}

/** The command of a key press; `null` leaves the key to the browser. */
export function commandOf(press: Press): Command | null {
  if (press.ctrlKey || press.metaKey || press.altKey || press.isComposing) return null;
  return COMMANDS.get(press.key) ?? null;
}

/** Whether somebody types into, or chooses in, what the key went to: then it is not ours. */
export function isTaken(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  return target.closest('input, textarea, select, [contenteditable], dialog, [role="menu"]') !== null;
}
