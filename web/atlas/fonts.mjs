// fonts.mjs: writes fonts/*.ttf, the letters of the pictures that the server draws. Its library reads TrueType only, and the packages have
// the compressed form (WOFF 1: the same tables, each compressed by zlib). Run `npm run fonts` after a new version of a font.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { inflateSync } from 'node:zlib';

const FONTS = {
  'source-sans-3-400': '@fontsource/source-sans-3/files/source-sans-3-latin-400-normal.woff',
  'source-sans-3-600': '@fontsource/source-sans-3/files/source-sans-3-latin-600-normal.woff',
  'source-serif-4-600': '@fontsource/source-serif-4/files/source-serif-4-latin-600-normal.woff',
};
const WOFF_HEADER = 44;
const WOFF_ENTRY = 20;
const HEADER = 12;
const ENTRY = 16;

const padded = (length) => (length + 3) & ~3;

function tablesOf(woff) {
  return Array.from({ length: woff.readUInt16BE(12) }, (_, i) => {
    const at = WOFF_HEADER + i * WOFF_ENTRY;
    const [offset, size, length, checksum] = [4, 8, 12, 16].map((field) => woff.readUInt32BE(at + field));
    const stored = woff.subarray(offset, offset + size);
    return { tag: woff.toString('latin1', at, at + 4), checksum, data: size < length ? inflateSync(stored) : stored };
  });
}

function trueType(woff) {
  const tables = tablesOf(woff);
  const power = 2 ** Math.floor(Math.log2(tables.length));
  const font = Buffer.alloc(HEADER + tables.reduce((sum, { data }) => sum + ENTRY + padded(data.length), 0));
  woff.copy(font, 0, 4, 8); // which kind of outlines
  [tables.length, power * ENTRY, Math.log2(power), (tables.length - power) * ENTRY].forEach((number, i) => font.writeUInt16BE(number, 4 + 2 * i));
  let offset = HEADER + tables.length * ENTRY;
  for (const [i, { tag, checksum, data }] of tables.entries()) {
    const at = HEADER + i * ENTRY;
    font.write(tag, at, 'latin1');
    [checksum, offset, data.length].forEach((number, field) => font.writeUInt32BE(number, at + 4 + 4 * field));
    data.copy(font, offset);
    offset += padded(data.length);
  }
  return font;
}

const require = createRequire(import.meta.url);
const folder = new URL('fonts/', import.meta.url);
mkdirSync(folder, { recursive: true });
for (const [name, file] of Object.entries(FONTS)) {
  writeFileSync(new URL(`${name}.ttf`, folder), trueType(readFileSync(require.resolve(file))));
}
