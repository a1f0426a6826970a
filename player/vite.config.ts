import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { p2pPatches } from './p2p-patches.ts';

const OUT_DIR = join(import.meta.dirname, 'dist');
const TEXT = /\.(js|css|svg|json|webmanifest)$/;

/** Writes `name.gz` beside every text asset, so that the server never compresses the same bytes twice. */
function precompress(): Plugin {
  return {
    name: 'farandole:precompress',
    apply: 'build',
    async closeBundle() {
      const entries = await readdir(OUT_DIR, { recursive: true, withFileTypes: true });
      for (const entry of entries) {
        if (!entry.isFile() || !TEXT.test(entry.name)) continue;
        const path = join(entry.parentPath, entry.name);
        const plain = await readFile(path);
        const packed = gzipSync(plain, { level: 9 });
        if (packed.length < plain.length * 0.9) await writeFile(`${path}.gz`, packed);
      }
    },
  };
}

export default defineConfig({
  root: join(import.meta.dirname, 'web'),
  base: '/client/',
  plugins: [p2pPatches(), svelte({ configFile: false }), precompress()],
  // bittorrent-tracker asks this of the bundlers it knows.
  define: { 'process.browser': 'true' },
  build: {
    outDir: OUT_DIR,
    emptyOutDir: true,
    manifest: 'manifest.json',
    target: 'es2022',
    // The oldest engines that know `light-dark()`: the minifier must leave it alone.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // The policy allows no `data:` scripts or fonts: every asset is a file of its own.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      input: {
        site: join(import.meta.dirname, 'web/src/site/main.ts'),
        embed: join(import.meta.dirname, 'web/src/embed/main.ts'),
      },
    },
  },
  server: {
    // Development: `npm run dev` with a server on the default port behind it.
    proxy: { '^/(api|static|download|lazy-static|services)/': 'http://localhost:9000' },
  },
  // Changed on their way in, in development too.
  optimizeDeps: { exclude: ['p2p-media-loader-core', 'p2p-media-loader-hlsjs'] },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts'],
    // Not left to the runtime: the tests get what the bundle gets.
    server: {
      deps: { inline: [/p2p-media-loader/, /bittorrent-tracker/, /simple-peer/, /webrtc-polyfill/] },
    },
  },
  resolve: process.env['VITEST'] ? { conditions: ['browser'] } : {},
});
