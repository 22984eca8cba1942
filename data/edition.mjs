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
for (const list of ["sources", "statements", "addedEvidence", "retractions", "sourceCorrections", "reviews"]) {
  // A retraction has the key of its statement, a review its subject and day.
  const [before, after] = [earlier, later].map((edition) =>
    (edition[list] ?? []).map((item) => ({ key: item.statement ?? JSON.stringify([item.subject, item.reviewedOn]), ...item })));
  const known = new Set(before.map(({ key }) => key));
  const now = new Map(after.map((item) => [item.key, item]));
  for (const given of before) {
    // What a correction of format 1 always does has to be said in format 2.
    const isUpgraded = earlier.format === 1 && later.format > 1 && typeof given.corrects === "string";
    const item = isUpgraded ? { ...given, settlesDisputes: true } : given;
    if (!now.has(item.key)) problems.push(`${list}: ${item.key} has disappeared`);
    else if (!isDeepStrictEqual(item, now.get(item.key))) problems.push(`${list}: ${item.key} has changed`);
  }
  const kept = after.filter(({ key }) => known.has(key));
  const moved = kept.findIndex(({ key }, i) => key !== before[i]?.key);
  if (moved >= 0) problems.push(`${list}: ${kept[moved].key} has moved`);
  added[list] = after.filter(({ key }) => !known.has(key));
}

if (later.edition && later.edition === earlier.edition) problems.push("edition is the same");

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
if (added.sourceCorrections.length > 0) console.log(`corrects sources ${added.sourceCorrections.length} times`);
if (added.addedEvidence.length + added.retractions.length > 0) {
  console.log(`adds evidence to statements ${added.addedEvidence.length} times, retracts ${added.retractions.length} statements`);
}

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
