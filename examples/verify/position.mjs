#!/usr/bin/env node
// position.mjs LEDGER INITIATIVE COUNTRY [DAY]: determines the position of a country from an exported ledger, now or on a day. Node 20,
// no packages.
//
// INITIATIVE is the slug, COUNTRY the ISO 3166-1 alpha-2 code. Check the file with verify.py first: this program believes it. The rules are
// in the two modules that the page `/verify` uses; a server has them at `/verify/facts.mjs` and `/verify/position.mjs`.

import { createReadStream } from "node:fs";
import { Facts } from "../../src/http/pages/verify/facts.mjs";
import { position } from "../../src/http/pages/verify/position.mjs";

/** Not by `readline`, which also splits at U+2028. */
async function* linesOf(file) {
  let rest = "";
  for await (const chunk of createReadStream(file, "utf8")) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop();
    yield* lines;
  }
}

const [ledger, slug, country, validOn] = process.argv.slice(2);
let relationship;
const facts = new Facts((one) => one === relationship);
for await (const line of linesOf(ledger)) {
  const entry = JSON.parse(line);
  if (entry.kind === "INITIATIVE_OPENED" && JSON.parse(entry.payload).slug === slug) relationship = `${entry.seq} ${country}`;
  if (entry.payload) facts.add(entry);
}
const statements = facts.about(relationship);
const found = position(statements, validOn ? { validOn } : {});
const summary = (number) => `${number} ${statements.find((one) => one.number === number).summary}`;
console.log(`stance ${found.stance}`);
console.log(`since ${found.since ?? "none"}`);
console.log(`certain ${found.certain}`);
console.log(`disputed ${found.disputed}`);
console.log(`basis ${found.basis === null ? "none" : summary(found.basis)}`);
for (const [one, other] of found.rivals) console.log(`rivals ${summary(one)} / ${summary(other)}`);
