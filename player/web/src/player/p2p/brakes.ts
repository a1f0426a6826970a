/**
 * When does a player that shares stop sending? In a hidden tab, where data is to be saved or paid
 * for, and on a low battery. It goes on receiving. Browsers that do not tell are taken not to have
 * such a reason.
 */

export interface Circumstances {
  readonly hidden: boolean;
  readonly saveData: boolean;
  /** `navigator.connection.type`, as far as a browser tells. */
  readonly connection: string | null;
  readonly battery: { readonly level: number; readonly charging: boolean } | null;
}

const LOW_BATTERY = 0.2;

export function mayUpload({ hidden, saveData, connection, battery }: Circumstances): boolean {
  if (hidden || saveData || connection === 'cellular') return false;
  return battery === null || battery.charging || battery.level >= LOW_BATTERY;
}

interface Connection extends EventTarget {
  readonly saveData?: boolean;
  readonly type?: string;
}

interface Battery extends EventTarget {
  readonly level: number;
  readonly charging: boolean;
}

/** What only some browsers tell. */
export interface TellingNavigator {
  readonly connection?: Connection;
  readonly getBattery?: () => Promise<Battery>;
}

/** Follows the circumstances of a page until `signal`; tells of each change of the answer. */
export class Brakes {
  readonly #document: Document;
  readonly #navigator: TellingNavigator;
  readonly #changed: (mayUpload: boolean) => void;
  #battery: Battery | null = null;
  #last: boolean;

  constructor(
    document: Document,
    navigator: TellingNavigator,
    signal: AbortSignal,
    changed: (mayUpload: boolean) => void,
  ) {
    this.#document = document;
    this.#navigator = navigator;
    this.#changed = changed;
    this.#last = this.mayUpload;
    const look = (): void => this.#look();
    document.addEventListener('visibilitychange', look, { signal });
    navigator.connection?.addEventListener?.('change', look, { signal });
    void this.#followBattery(signal);
  }

  get mayUpload(): boolean {
    const { connection } = this.#navigator;
    return mayUpload({
      hidden: this.#document.visibilityState === 'hidden',
      saveData: connection?.saveData === true,
      connection: connection?.type ?? null,
      battery: this.#battery,
    });
  }

  async #followBattery(signal: AbortSignal): Promise<void> {
    // Refused in frames without the permission.
    const battery = await this.#navigator.getBattery?.().catch(() => null);
    if (battery === null || battery === undefined || signal.aborted) return;
    this.#battery = battery;
    for (const event of ['levelchange', 'chargingchange']) {
      battery.addEventListener(event, () => this.#look(), { signal });
    }
    this.#look();
  }

  #look(): void {
    const now = this.mayUpload;
    if (now === this.#last) return;
    this.#last = now;
    this.#changed(now);
  }
}
