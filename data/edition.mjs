// Checks that an edition of a document only adds to an earlier one.
//   node data/edition.mjs EARLIER.json LATER.json
// Exits with 1, and prints one line per problem, when something of the earlier
// edition changed, disappeared or moved. Otherwise it prints the numbers of both
// editions, and the disputes that new corrections drop, for the editor to judge.

import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";

const [earlier, later] = process.argv.slice(2, 4).map((path) => JSON.parse(readFileSync(path, "utf8")));
const problems = [];

if (later.format < earlier.format) problems.push("format is an earlier one");
if (!isDeepStrictEqual(earlier.initiative, later.initiative)) problems.push("initiative is not the same");
const added = {};
for (const list of ["sources", "statements"]) {
  const known = new Set(earlier[list].map(({ key }) => key));
  const now = new Map(later[list].map((item) => [item.key, item]));
  for (const given of earlier[list]) {
    // What a correction of format 1 always does has to be said in format 2.
    const isUpgraded = earlier.format === 1 && later.format > 1 && typeof given.corrects === "string";
    const item = isUpgraded ? { ...given, settlesDisputes: true } : given;
    if (!now.has(item.key)) problems.push(`${list}: ${item.key} has disappeared`);
    else if (!isDeepStrictEqual(item, now.get(item.key))) problems.push(`${list}: ${item.key} has changed`);
  }
  const kept = later[list].filter(({ key }) => known.has(key));
  const moved = kept.findIndex(({ key }, i) => key !== earlier[list][i].key);
  if (moved >= 0) problems.push(`${list}: ${kept[moved].key} has moved`);
  added[list] = later[list].filter(({ key }) => !known.has(key));
}

for (const problem of problems) console.error(`error: ${problem}`);
if (problems.length > 0) process.exit(1);

const corrections = added.statements.filter(({ corrects }) => corrects !== null);
const states = ({ statements }) => new Set(statements.flatMap(({ subject }) => subject.relationship ?? [])).size;
const contradicting = ({ statements }) => statements.filter(({ contradicts }) => contradicts.length > 0).length;
for (const edition of [earlier, later]) {
  const count = edition.statements.filter(({ corrects }) => corrects !== null).length;
  console.log(
    `${edition.statements.length} statements, ${edition.sources.length} sources, ${states(edition)} states, ` +
      `${count} corrections, ${contradicting(edition)} statements that contradict`,
  );
}
console.log(`adds ${added.statements.length} statements (${corrections.length} corrections) and ${added.sources.length} sources`);

for (const { key, corrects, note, reason } of corrections) {
  if (!reason && !note?.startsWith(`Corrects ${corrects}`)) {
    console.log(`${key} has no reason, and its note does not begin "Corrects ${corrects}"`);
  }
}
const correctedBy = new Map(corrections.map((correction) => [correction.corrects, correction]));
for (const { key, contradicts } of later.statements) {
  if (correctedBy.has(key)) continue;
  for (const denied of contradicts) {
    const correction = correctedBy.get(denied);
    if (later.format > 1 && !correction?.settlesDisputes) continue;
    if (!correction || contradicts.includes(correction.key) || correction.contradicts.includes(key)) continue;
    console.log(`${key} denies ${denied}, which ${correction.key} corrects: is the correction denied, too?`);
  }
}
