/** Which ways of looking at the queue did somebody keep? In this browser only. */

export interface View {
  readonly name: string;
  /** The query of the address, without its `?`. */
  readonly query: string;
}

const KEY = 'farandole.views';
const MOST = 20;

export function readViews(storage: Pick<Storage, 'getItem'> = localStorage): readonly View[] {
  try {
    const found: unknown = JSON.parse(storage.getItem(KEY) ?? '[]');
    return Array.isArray(found) ? found.filter(isView).slice(0, MOST) : [];
  } catch {
    return [];
  }
}

function isView(value: unknown): value is View {
  if (typeof value !== 'object' || value === null) return false;
  const { name, query } = value as Partial<View>;
  return typeof name === 'string' && name !== '' && typeof query === 'string';
}

/** Keeps a view; one of the same name makes room for it. */
export function keepView(view: View, storage: Storage = localStorage): readonly View[] {
  const others = readViews(storage).filter(({ name }) => name !== view.name);
  return write([...others, view].slice(-MOST), storage);
}

export function dropView(name: string, storage: Storage = localStorage): readonly View[] {
  return write(
    readViews(storage).filter((view) => view.name !== name),
    storage,
  );
}

function write(views: readonly View[], storage: Storage): readonly View[] {
  try {
    storage.setItem(KEY, JSON.stringify(views));
  } catch {
    // A browser that keeps nothing: the views last as long as the page.
  }
  return views;
}

const SWITCHES = 'farandole.desk.';

/** A switch of the desk that this browser remembers; on unless it was turned off. */
export function readSwitch(name: 'keys' | 'blur', storage: Pick<Storage, 'getItem'> = localStorage): boolean {
  return storage.getItem(SWITCHES + name) !== 'off';
}

export function keepSwitch(name: 'keys' | 'blur', on: boolean, storage: Storage = localStorage): void {
  if (on) storage.removeItem(SWITCHES + name);
  else storage.setItem(SWITCHES + name, 'off');
}
