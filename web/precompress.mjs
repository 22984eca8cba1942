// Writes a brotli and a gzip copy next to each built file that becomes smaller; the server chooses by Accept-Encoding.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const COMPRESSIBLE = /\.(js|css|json|svg|ttf)$/;
const SMALLEST = 512;

export function precompressed() {
  let folder;
  return {
    name: 'precompressed',
    apply: 'build',
    configResolved(config) {
      folder = path.resolve(config.root, config.build.outDir);
    },
    closeBundle() {
      for (const name of readdirSync(folder, { recursive: true })) {
        const file = path.join(folder, name);
        if (COMPRESSIBLE.test(name) && name !== 'manifest.json' && statSync(file).isFile()) compress(file);
      }
    },
  };
}

function compress(file) {
  const content = readFileSync(file);
  if (content.length < SMALLEST) return;
  const copies = {
    br: brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }),
    gz: gzipSync(content, { level: 9 }),
  };
  for (const [ending, copy] of Object.entries(copies)) {
    if (copy.length < content.length) writeFileSync(`${file}.${ending}`, copy);
  }
}
