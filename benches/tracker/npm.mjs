// The npm `bittorrent-tracker` server, as PeerTube uses it, for `benches/tracker/run`: WebSocket
// only, its limits as wide as ours. Prints its address and process id.
import Server from '../../tests/browser/node_modules/bittorrent-tracker/server.js';

const server = new Server({
  http: false,
  udp: false,
  ws: true,
  stats: false,
  // A fifth of it is what it tells WebSocket clients: 30 s, as ours.
  interval: 150_000,
  peersCacheLength: 100_000,
});
server.on('warning', () => {});
server.on('listening', () => {
  console.log(`127.0.0.1:${server.ws.address().port} ${process.pid}`);
});
server.listen(0, '127.0.0.1');
