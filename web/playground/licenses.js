// Writes LICENSES.txt next to the built files: every bundled npm package with its
// version, licence and licence text.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

function packageDir(id) {
  const file = id.replace(/^\0/, '').split('?')[0].replaceAll('\\', '/');
  const match = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file);
  return match?.[1];
}

function describe(dir) {
  const manifest = JSON.parse(readFileSync(path.join(dir, 'package.json'), 'utf8'));
  const texts = readdirSync(dir)
    .filter((name) => /^(licen[cs]e|notice|thirdparty|third-party)/i.test(name))
    .sort()
    .map((name) => `[${name}]\n${readFileSync(path.join(dir, name), 'utf8').trim()}`);
  return {
    heading: `${manifest.name} ${manifest.version}`,
    licence: manifest.license ?? 'not stated in package.json',
    author: typeof manifest.author === 'string' ? manifest.author : manifest.author?.name,
    home: manifest.repository?.url ?? manifest.repository ?? manifest.homepage,
    text: texts.join('\n\n'),
  };
}

/** `more` are folders of packages that no module names, such as fonts. */
export function licenses(more = []) {
  const dirs = new Set(more);

  function addPackages(ids) {
    for (const id of ids) {
      const dir = packageDir(id);
      if (dir && existsSync(path.join(dir, 'package.json'))) {
        dirs.add(dir);
      }
    }
  }

  function render() {
    const packages = [...dirs]
      .map(describe)
      .sort((a, b) => a.heading.localeCompare(b.heading, 'en'));
    const list = packages.map((p) => `${p.heading} - ${p.licence}`);
    const texts = packages.map((p) => {
      const head = `${p.heading}\nLicence: ${p.licence}${p.author ? `\nAuthor: ${p.author}` : ''}`;
      return p.text
        ? `${head}\n\n${p.text}`
        : `${head}\n\nThe package ships no licence file; its sources: ${p.home}`;
    });
    const rule = `\n\n${'-'.repeat(72)}\n\n`;
    return `Packages bundled in these files\n\n${[...new Set(list)].join('\n')}${rule}${[...new Set(texts)].join(rule)}\n`;
  }

  return {
    plugin: ({ emit }) => ({
      name: 'bundled-licenses',
      // Includes every loaded module, with styles and fonts, even if tree shaking
      // removes most of it.
      generateBundle() {
        addPackages(this.getModuleIds());
        if (emit) {
          this.emitFile({ type: 'asset', fileName: 'LICENSES.txt', source: render() });
        }
      },
    }),
  };
}
