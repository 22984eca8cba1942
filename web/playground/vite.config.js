import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { explorerLists } from './explorer-lists.js';
import { precompressed } from '../precompress.mjs';
import { licenses } from './licenses.js';

const jsonc = fileURLToPath(new URL('./src/prettier-jsonc.js', import.meta.url));
const bundled = licenses();

export default defineConfig({
  base: './',
  plugins: [explorerLists(), bundled.plugin({ emit: true }), precompressed()],
  worker: {
    // The GraphQL worker imports prettier on demand, which requires chunks.
    format: 'es',
    plugins: () => [bundled.plugin({ emit: false })],
  },
  resolve: {
    alias: {
      'prettier/parser-babel': jsonc,
      'prettier/plugins/estree': jsonc,
    },
  },
  build: {
    outDir: '../dist/playground',
    emptyOutDir: true,
    sourcemap: false,
    chunkSizeWarningLimit: 4096,
    rolldownOptions: {
      // "use client" in dependencies has no effect here.
      checks: { moduleLevelDirective: false },
    },
  },
});
