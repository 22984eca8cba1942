// Makes a saved operation a module: `id`, by which the server knows it, and `text`.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

export function operations() {
  return {
    name: 'operations',
    load(path) {
      if (!path.endsWith('.graphql')) return null;
      const file = readFileSync(path);
      const id = `sha256:${createHash('sha256').update(file).digest('hex')}`;
      return { code: `export const id = ${JSON.stringify(id)};\nexport const text = ${JSON.stringify(file.toString())};`, moduleType: 'js' };
    },
  };
}
