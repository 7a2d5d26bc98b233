import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

import { bridge } from './dev/bridge.ts';
import { mended } from './dev/mended.ts';

const port = Number(process.env.PORT ?? 1420);

export default defineConfig({
  plugins: [svelte(), mended(), bridge()],
  clearScreen: false,
  // The mark lies with the program's icons, outside this folder.
  server: { host: '127.0.0.1', port, strictPort: true, fs: { allow: ['.', '../icons'] } },
  // Each icon is a file of its own: bundled beforehand, every new one would reload the page.
  optimizeDeps: { exclude: ['@lucide/svelte'] },
  build: {
    // The oldest views the window runs in: WebKitGTK 2.40, WKWebView of macOS 13, WebView2.
    target: ['es2022', 'safari16'],
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      output: {
        // All icons in one file: each has a few hundred bytes, and a panel would ask for dozens one by one.
        codeSplitting: { groups: [{ name: 'icons', test: /@lucide\/svelte\/dist\/icons\// }] },
      },
    },
  },
  resolve: process.env.VITEST ? { conditions: ['browser'] } : {},
  test: {
    // A busy machine is no failure.
    testTimeout: 60_000,
    environment: 'happy-dom',
    include: ['src/**/*.test.ts'],
    setupFiles: ['dev/test-setup.ts'],
    restoreMocks: true,
  },
});
