// colours.mjs: checks the colours of the stances: every pair differs enough, for every kind of sight, and text on them can be read.

import { readFileSync } from 'node:fs';
import { differenceCiede2000, filterDeficiencyDeuter, filterDeficiencyProt, filterDeficiencyTrit, formatHex, parse, wcagContrast } from 'culori';

const STANCES = ['unknown', 'named', 'approached', 'negotiating', 'agreed-in-principle', 'agreed', 'implementing', 'suspended', 'refused', 'ended'];
const SMALLEST_DIFFERENCE = 9;
const SIGHTS = { normal: (colour) => colour, protan: filterDeficiencyProt(1), deutan: filterDeficiencyDeuter(1), tritan: filterDeficiencyTrit(1) };

const css = readFileSync(new URL('src/styles/tokens.css', import.meta.url), 'utf8');
const block = (selector) => css.slice(css.indexOf(selector)).split('}')[0];
const variables = (text) => Object.fromEntries([...text.matchAll(/--([a-z-]+):\s*(#[0-9a-f]{6})/g)].map(([, name, value]) => [name, value]));
const light = variables(block(':root {'));
const themes = { light, dark: { ...light, ...variables(block(':root[data-theme="dark"] {')) } };

const difference = differenceCiede2000();
const faults = [];
for (const [theme, colours] of Object.entries(themes)) {
  for (const [sight, filter] of Object.entries(SIGHTS)) {
    const seen = STANCES.map((name) => filter(parse(colours[name])));
    const pairs = seen.flatMap((one, i) => seen.slice(i + 1).map((other, j) => ({ names: `${STANCES[i]} and ${STANCES[i + 1 + j]}`, value: difference(one, other) })));
    const smallest = pairs.reduce((least, pair) => (pair.value < least.value ? pair : least));
    console.log(`${theme}, ${sight}: ${smallest.names} differ by ${smallest.value.toFixed(1)}`);
    if (smallest.value < SMALLEST_DIFFERENCE) faults.push(`${theme}, ${sight}: ${smallest.names}`);
  }
  const texts = [
    ...STANCES.map((name) => [`on-${name}`, name, 4.5]),
    ...['paper', 'panel', 'sea'].flatMap((ground) => [['ink', ground, 7], ['quiet', ground, 4.5]]), ['link', 'paper', 4.5],
    ...['named', 'approached', 'negotiating'].map((name) => [`${name}-edge`, 'unknown', 2.99]),
  ];
  for (const [text, ground, least] of texts) {
    const contrast = wcagContrast(colours[text], colours[ground]);
    if (contrast < least) faults.push(`${theme}: ${text} ${formatHex(colours[text])} on ${ground} has a contrast of ${contrast.toFixed(2)}, less than ${least}`);
  }
}
for (const fault of faults) console.error(fault);
process.exit(faults.length === 0 ? 0 : 1);
