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
  projects: [
    // The player alone on a stage: mostly waiting for playback, so two at a time.
    { name: 'stage', testMatch: ['player*.spec.ts', 'embed.spec.ts'], fullyParallel: true },
    // The real server encodes on all cores: one file at a time. Two at a time starve viewers who
    // wait for segments of each other.
    {
      name: 'server',
      testMatch: [
        'server-*.spec.ts',
        'comments.spec.ts',
        'moderation-*.spec.ts',
        'p2p-*.spec.ts',
        'a11y.spec.ts',
      ],
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
