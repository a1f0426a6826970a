/**
 * End-to-end tests in Debian's Chromium, against the built player and the real server.
 *
 * `npm test` needs `player/dist` (npm run build in `player`), `ffmpeg`, and for the
 * server's part the binary (`FARANDOLE_BIN`, else `target/debug/farandole`).
 */
import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: '.',
  outputDir: 'test-results',
  globalSetup: './support/setup.ts',
  workers: 2,
  // Two projects at a time (`npm test`), each project one file at a time: the encoding ones beside
  // the player that mostly waits, viewers of each other beside pages that encode next to nothing.
  projects: [
    // The player alone on a stage.
    { name: 'stage', testMatch: ['player*.spec.ts', 'embed.spec.ts'], workers: 1 },
    // The real server, encoding on all cores.
    { name: 'server', testMatch: 'server-*.spec.ts', workers: 1 },
    // Viewers who wait for segments of each other.
    { name: 'sharing', testMatch: /p2p-(playback|poison|seed|sharing)\.spec\.ts/, workers: 1 },
    // What people do on pages, with a video or two of some seconds.
    {
      name: 'pages',
      testMatch: ['a11y.spec.ts', 'comments.spec.ts', 'moderation-*.spec.ts', 'p2p-consent.spec.ts'],
      workers: 1,
    },
  ],
  // Playback in real time on a machine that also encodes: once more tells a slow one from a fault.
  retries: 1,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  forbidOnly: process.env['CI'] !== undefined,
  reporter: [['list']],
  use: {
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--autoplay-policy=no-user-gesture-required',
        // Peers that are no browsers cannot look up the names that hide local addresses.
        '--disable-features=WebRtcHideLocalIpsWithMdns',
      ],
    },
  },
});
