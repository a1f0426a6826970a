/** What the tests use of the npm tracker client, which has no types of its own. */
declare module 'bittorrent-tracker' {
  import { EventEmitter } from 'node:events';

  interface Description {
    readonly type: string;
    readonly sdp: string;
  }

  /** A connection to be, from the package `simple-peer`. */
  export interface StockPeer {
    readonly id: string;
    readonly initiator: boolean;
    readonly _pc: { readonly localDescription: Description; readonly remoteDescription: Description };
  }

  export default class Client extends EventEmitter {
    constructor(options: {
      infoHash: Uint8Array;
      peerId: Uint8Array;
      announce: string[];
      port: number;
    });
    start(): void;
    scrape(): void;
    destroy(): void;
  }
}
