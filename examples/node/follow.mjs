// Prints what a country was asked and where it stands, then every change of a stance, over interruptions and restarts of the server:
// node follow.mjs http://127.0.0.1:8000 RW cursor.txt
// The file has the cursor of the last change that was printed. With it, the program continues where it ended. If it is killed between a
// line and its cursor, it prints that line again.

import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { CountryDocument, follow, StanceChangedDocument } from "demarche-client";
import { print } from "graphql";

const [server, code, file] = process.argv.slice(2);
if (!file) throw new Error("usage: node follow.mjs SERVER COUNTRY CURSOR_FILE");

const head = await printCountry();
// The first start follows what is recorded after the state that was printed.
const after = existsSync(file) ? readFileSync(file, "utf8").trim() : head;
// Ends with an error if the server refuses the subscription, for example because the cursor is of another ledger.
for await (const { data: { stanceChanged }, cursor } of follow(StanceChangedDocument, { from: `${server}/graphql/stream`, after })) {
  console.log(`${stanceChanged.relationship.requestedState.name}: ${stanceChanged.from} → ${stanceChanged.to}`);
  // In one step, so that the file is whole whenever the program is ended.
  writeFileSync(`${file}.new`, cursor);
  renameSync(`${file}.new`, file);
}

/** Returns the cursor of the state that it printed. */
async function printCountry() {
  const response = await fetch(`${server}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: print(CountryDocument), variables: { code } }),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(errors[0].message);
  for (const { initiative, stance, since, changes, statements } of data.country.relationships.nodes) {
    console.log(`${data.country.name}: ${initiative.title} ${stance} ${since ?? ""}`);
    for (const { from, to } of changes.nodes) console.log(`  ${from} → ${to}`);
    for (const { number, summary, claimant } of statements.nodes) console.log(`  ${number} ${summary} (${claimant.label})`);
  }
  return data.ledger.head.cursor;
}
