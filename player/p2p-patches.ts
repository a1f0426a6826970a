/**
 * What we change in the peer-to-peer library on its way into the bundle (and into the tests).
 *
 * p2p-media-loader 2.3.1 and bittorrent-tracker 11.2.3 are used as published, pinned exactly;
 * each change below replaces a piece of text that must occur once, or the build stops. So a new
 * version cannot come in with a change lost in silence. The regression tests are in
 * `web/src/player/p2p/library.test.ts`.
 */
import type { Plugin } from 'vite';

export interface Patch {
  /** End of the module's path. */
  readonly file: string;
  readonly why: string;
  readonly find: string;
  readonly put: string;
}

const CORE = 'p2p-media-loader-core/lib';

/** 256 ids that differ in their last byte only were written with their count's last byte: zero. */
const IDS: readonly Patch[] = [
  {
    file: `${CORE}/p2p/commands/binary-serialization.js`,
    why: 'groups of at most 255 ids',
    find: 'const commonPartNumbersMap = new Map();',
    put: 'const commonPartNumbersMap = new Map();\n    const groups = [];',
  },
  {
    file: `${CORE}/p2p/commands/binary-serialization.js`,
    why: 'a full group is followed by another',
    find: `        const bytes = commonPartNumbersMap.get(common) ?? new ResizableUint8Array();
        if (!bytes.length)
            commonPartNumbersMap.set(common, bytes);`,
    put: `        let bytes = commonPartNumbersMap.get(common);
        if (bytes === undefined || bytes.length === 255) {
            bytes = new ResizableUint8Array();
            commonPartNumbersMap.set(common, bytes);
            groups.push([common, bytes]);
        }`,
  },
  {
    file: `${CORE}/p2p/commands/binary-serialization.js`,
    why: 'the count of groups',
    find: 'commonPartNumbersMap.size]',
    put: 'groups.length]',
  },
  {
    file: `${CORE}/p2p/commands/binary-serialization.js`,
    why: 'the groups themselves',
    find: 'of commonPartNumbersMap)',
    put: 'of groups)',
  },
];

const REQUESTS: readonly Patch[] = [
  {
    file: `${CORE}/requests/request.js`,
    why: 'the length of a byte range is known whatever came: forgetting it made three HTTP tries fail',
    find: `        this.bytes = [];
        this._totalBytes = undefined;`,
    put: `        this.bytes = [];
        const { byteRange } = this.segment;
        this._totalBytes = byteRange ? byteRange.end - byteRange.start + 1 : undefined;`,
  },
  {
    file: `${CORE}/requests/request.js`,
    why: 'bytes of different senders are never joined: nobody could say whose were false',
    find: '    get downloadSource() {',
    put: `    forgetForeignBytes(downloadSource, peerId) {
        const before = this.currentAttempt;
        const same = before?.downloadSource === downloadSource && before?.peerId === peerId;
        if (this._loadedBytes > 0 && !same)
            this.clearLoadedBytes();
    }
    get downloadSource() {`,
  },
  {
    file: `${CORE}/http-loader.js`,
    why: 'the server does not complete what a peer began',
    find: `    execute() {
        const startControls`,
    put: `    execute() {
        this.request.forgetForeignBytes("http");
        const startControls`,
  },
  {
    file: `${CORE}/p2p/peer.js`,
    why: 'a peer does not complete what another began',
    find: '        const completed = segmentRequest.tryCompleteByLoadedBytes(',
    put: `        segmentRequest.forgetForeignBytes("p2p", this.id);
        const completed = segmentRequest.tryCompleteByLoadedBytes(`,
  },
];

/** Questions the library did not ask: `hooks.ts` has their types. */
const HOOKS: readonly Patch[] = [
  {
    file: `${CORE}/core.js`,
    why: 'no tracker of other people by default',
    find: `        announceTrackers: [
            "wss://tracker.novage.com.ua",
            "wss://tracker.openwebtorrent.com",
        ],`,
    put: '        announceTrackers: [],',
  },
  {
    file: `${CORE}/core.js`,
    why: 'no STUN server of other people by default; the hooks pass as settings',
    find: `            iceServers: [
                { urls: "stun:stun.l.google.com:19302" },
                { urls: "stun:global.stun.twilio.com:3478" },
            ],
        },`,
    put: `            iceServers: [],
        },
        isPeerRefused: undefined,
        isSegmentExpected: undefined,
        onSwarmJoined: undefined,`,
  },
  {
    file: `${CORE}/p2p/peer.js`,
    why: 'nothing is taken from a refused peer, and no segment whose hash is not known',
    find: `    getSegmentStatus(segment) {
        const { externalId } = segment;`,
    put: `    getSegmentStatus(segment) {
        const { isPeerRefused, isSegmentExpected } = this.peerConfig;
        if (isPeerRefused?.(this.id) || isSegmentExpected?.(segment) === false)
            return undefined;
        const { externalId } = segment;`,
  },
  {
    file: `${CORE}/p2p/tracker-client.js`,
    why: 'a refused peer does not come back with the next announce',
    find: '                const itemId = Peer.getPeerIdFromConnection(peerConnection);',
    put: `                const itemId = Peer.getPeerIdFromConnection(peerConnection);
                if (this.config.isPeerRefused?.(itemId)) {
                    peerConnection.destroy();
                    return;
                }`,
  },
  {
    file: `${CORE}/p2p/tracker-client.js`,
    why: 'a report needs the swarm and the id one has in it',
    find: '        this.client = new TrackerClient({',
    put: `        config.onSwarmJoined?.(streamSwarmId, streamHash, peerId);
        this.client = new TrackerClient({`,
  },
];

const TRACKER: readonly Patch[] = [
  {
    file: 'bittorrent-tracker/lib/client/websocket-tracker.js',
    why: 'a client that was ended while it waited to reconnect came back',
    find: '    if (this.destroyed) return cb(null)',
    put: '    clearTimeout(this.reconnectTimer)\n    if (this.destroyed) return cb(null)',
  },
];

/** Its own default is always overruled; that it is not even in the bundle can be seen from outside. */
const PEER: readonly Patch[] = ["'stun:stun.l.google.com:19302',", "'stun:global.stun.twilio.com:3478'"].map((find) => ({
  file: '@thaunknown/simple-peer/lite.js',
  why: 'no STUN server of other people by default',
  find,
  put: '',
}));

export const PATCHES: readonly Patch[] = [...IDS, ...REQUESTS, ...HOOKS, ...TRACKER, ...PEER];

/** `code` of the module `id` with its changes; null when it has none. Throws when a text is not found once. */
export function patched(id: string, code: string): string | null {
  const path = id.split('?')[0] ?? id;
  const mine = PATCHES.filter(({ file }) => path.endsWith(`/node_modules/${file}`));
  if (mine.length === 0) return null;
  return mine.reduce((text, { file, why, find, put }) => {
    const pieces = text.split(find);
    if (pieces.length !== 2) {
      throw new Error(`${file} holds the text to be changed ${pieces.length - 1} times, not once (${why})`);
    }
    return pieces.join(put);
  }, code);
}

export function p2pPatches(): Plugin {
  const done = new Set<string>();
  return {
    name: 'farandole:p2p-patches',
    enforce: 'pre',
    transform(code, id) {
      const text = patched(id, code);
      if (text === null) return null;
      for (const { file } of PATCHES) if (id.includes(file)) done.add(file);
      return { code: text, map: null };
    },
    // Called in builds only: a file that never came by has moved, and its changes are lost.
    generateBundle() {
      const missed = PATCHES.filter(({ file }) => !done.has(file)).map(({ file }) => file);
      if (missed.length > 0) throw new Error(`never seen, so never changed: ${[...new Set(missed)].join(', ')}`);
    },
  };
}
