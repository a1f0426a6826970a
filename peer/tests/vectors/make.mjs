// Writes info_hashes.json and commands.json beside this file by running the npm packages
// themselves: `npm ci && npm run make`. Run it again when their pinned versions change.
import { readFile, writeFile } from 'node:fs/promises'
import { register } from 'node:module'

// Two imports that work in a bundle and not in Node, and that nothing here needs.
const stubs = {
  debug: 'data:text/javascript,export const debug = () => () => {}; export default debug',
  'bittorrent-tracker': 'data:text/javascript,export default class {}',
}
const hook = `const stubs = ${JSON.stringify(stubs)}
export const resolve = (name, context, next) =>
  stubs[name] ? { url: stubs[name], shortCircuit: true } : next(name, context)`
register(`data:text/javascript,${encodeURIComponent(hook)}`)

// hls.js asks for these while it loads and while it reads a master. Everything is said to play.
class MediaSourceStub extends EventTarget {
  static isTypeSupported() {
    return true
  }
}
globalThis.self = globalThis
globalThis.location = new URL('https://example.org/')
globalThis.MediaSource = MediaSourceStub
globalThis.SourceBuffer = class {}
SourceBuffer.prototype.appendBuffer = () => undefined
SourceBuffer.prototype.remove = () => undefined

const modules = new URL('./node_modules/', import.meta.url)
const inside = (path) => import(new URL(path, modules))
const { default: Hls } = await inside('hls.js/dist/hls.mjs')
const core = 'p2p-media-loader-core/lib/'
const { getStreamSwarmId } = await inside(`${core}utils/stream.js`)
const { getStreamHash } = await inside(`${core}utils/peer.js`)
const { serializePeerCommand } = await inside(`${core}p2p/commands/index.js`)
const { SegmentManager } = await inside('p2p-media-loader-hlsjs/lib/segment-manager.js')

const beside = (name) => new URL(name, import.meta.url)

/** What p2p-media-loader-hlsjs registers for a master that hls.js has loaded. */
function streams(master) {
  class Loader {
    load(context, _config, callbacks) {
      const stats = {
        aborted: false, loaded: 0, retry: 0, total: 0, chunkCount: 0, bwEstimate: 0,
        loading: { start: 0, first: 0, end: 0 },
        parsing: { start: 0, end: 0 },
        buffering: { start: 0, first: 0, end: 0 },
      }
      this.stats = stats
      const data = context.type === 'manifest' ? master : '#EXTM3U\n'
      if (context.type === 'manifest') {
        callbacks.onSuccess({ url: context.url, data, code: 200 }, stats, context, null)
      }
    }
    abort() {}
    destroy() {}
  }
  const found = new Map()
  const registry = {
    addStreamIfNoneExists: (stream) => {
      if (!found.has(stream.runtimeId)) found.set(stream.runtimeId, stream)
    },
  }
  const hls = new Hls({ loader: Loader, enableWorker: false, autoStartLoad: false })
  const manager = new SegmentManager(registry)
  hls.on(Hls.Events.MANIFEST_LOADED, (_event, data) => manager.processMainManifest(data))
  hls.loadSource('https://example.org/v/master.m3u8')
  hls.destroy()
  // A track without an address lies in the variants: it never has segments, so never a swarm.
  return [...found.values()].filter((stream) => stream.runtimeId !== '')
}

const swarmId = '0123456789abcdef0123456789abcdef'
const masters = JSON.parse(await readFile(beside('masters.json'), 'utf8'))
const hashes = masters.map(({ name, master }) => ({
  name,
  master,
  swarmId,
  renditions: streams(master).map((stream) => ({
    uri: stream.runtimeId.replace('https://example.org/v/', ''),
    infoHash: getStreamHash(getStreamSwarmId(swarmId, stream)),
  })),
}))
await writeFile(beside('info_hashes.json'), `${JSON.stringify(hashes, null, 2)}\n`)

const range = (from, to, step = 1) => {
  const list = []
  for (let at = from; at < to; at += step) list.push(at)
  return list
}
const max = 64 * 1024 - 1
// Never 256 ids that share all but the last byte: the package writes those as none.
const commands = [
  { c: 0, l: [], p: [] },
  { c: 0, l: [0], p: [] },
  { c: 0, l: range(0, 255), p: [] },
  { c: 0, l: range(0, 30), p: [31, 32] },
  { c: 0, l: [], p: [70_000, 3] },
  { c: 0, l: range(0, 2_000, 7), p: [] },
  { c: 0, l: range(1, 60_000, 2).filter((id) => id % 256 < 200), p: [], max: 1_000 },
  { c: 1, i: 0, r: 0 },
  { c: 1, i: 127, r: 128 },
  { c: 1, i: 255, r: 999, b: 65_536 },
  { c: 1, i: 32_768, r: 7, b: 8_388_608 },
  { c: 2, i: 12, r: 5, s: 2_147_483_648 },
  { c: 2, i: 5_000_000_000, r: 5, s: 0 },
  { c: 3, i: 12, r: 5 },
  { c: 4, i: 12, r: 5 },
  { c: 5, i: 12, r: 5 },
]
const frames = commands.map(({ max: smaller, ...command }) => ({
  command,
  max: smaller ?? max,
  frames: serializePeerCommand(command, smaller ?? max).map((frame) =>
    Buffer.from(frame).toString('hex'),
  ),
}))
await writeFile(beside('commands.json'), `${JSON.stringify(frames)}\n`)
