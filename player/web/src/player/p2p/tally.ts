/** How many bytes came from where? Counted as they arrive; read by the panel and the reports. */

export interface Figures {
  /** Peers connected now. */
  readonly peers: number;
  readonly fromPeers: number;
  readonly fromServer: number;
  readonly uploaded: number;
}

type Bytes = Omit<Figures, 'peers'>;

const NOTHING: Bytes = { fromPeers: 0, fromServer: 0, uploaded: 0 };

export class Tally {
  #bytes: Bytes = NOTHING;
  #told: Bytes = NOTHING;

  add(road: keyof Bytes, bytes: number): void {
    this.#bytes = { ...this.#bytes, [road]: this.#bytes[road] + bytes };
  }

  get bytes(): Bytes {
    return this.#bytes;
  }

  /** What came since the last call. */
  since(): Bytes {
    const { fromPeers, fromServer, uploaded } = this.#bytes;
    const before = this.#told;
    this.#told = this.#bytes;
    return {
      fromPeers: fromPeers - before.fromPeers,
      fromServer: fromServer - before.fromServer,
      uploaded: uploaded - before.uploaded,
    };
  }

  /** Another video begins. */
  reset(): void {
    this.#bytes = this.#told = NOTHING;
  }
}
