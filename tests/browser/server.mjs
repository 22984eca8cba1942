// A server with the bundled data, and statements recorded on it.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { start } from "../peers/server.mjs";
import { ask, bearer } from "../peers/target.mjs";

export const INITIATIVE = "us-third-country-removals";

/** As in `tests/peers`, with the address of its pages. */
export async function startServer(binary, flags = {}) {
  const server = await start(binary, flags);
  return { ...server, site: server.http.replace(/\/graphql$/, "") };
}

/** The first whole second after everything that is recorded, once it is past: the data of a new server is younger than this one. */
export async function firstWholeSecond(server) {
  const { ledger } = await ask(server, "{ ledger { head { recordedAt } } }");
  const second = Math.ceil((Date.parse(ledger.head.recordedAt) + 1) / 1000) * 1000;
  await new Promise((resolve) => { setTimeout(resolve, Math.max(0, second - Date.now())); });
  return new Date(second).toISOString().replace(".000", "");
}

/** Runs a mutation with an `input`; returns its payload. `selection` is what to select of it. */
export async function mutate(server, field, input, selection) {
  const type = `${field[0].toUpperCase()}${field.slice(1)}Input`;
  const mutation = `mutation($input: ${type}!) { ${field}(input: $input) { ${selection} } }`;
  const variables = { input: { idempotencyKey: randomBytes(8).toString("hex"), ...input } };
  return (await ask(server, mutation, variables, bearer(server)))[field];
}

/** Records a stance; `text` is where recorded text stands: summary, quote, locator, label, title and publisher. */
export async function recordStance(server, country, stance, { text = "A report for a test.", language = "en", url } = {}) {
  const source = { kind: "NEWS", publisher: text, title: text, language, ...(url && { url }) };
  const { source: { id } } = await mutate(server, "registerSource", source, "source { id }");
  const input = {
    subject: { relationship: { initiative: INITIATIVE, requestedState: country } },
    ...claim(id, stance, text),
  };
  return (await mutate(server, "recordStatement", input, "statement { id number } stanceChange { cursor from to }"));
}

/** Corrects a statement; returns the correction. */
export async function correct(server, statement, stance, reason) {
  const { sources } = await ask(server, "{ sources(first: 1) { nodes { id } } }");
  const input = { statement: statement.id, reason, ...claim(sources.nodes[0].id, stance, "A corrected report.") };
  return (await mutate(server, "correctStatement", input, "statement { id number }")).statement;
}

export async function retract(server, statement, reason) {
  await mutate(server, "retractStatement", { statement: statement.id, reason }, "statement { id }");
}

/** Countries without a stance, for checks that record one. */
export async function freeCountries(server) {
  const { countries } = await ask(server, `{ countries { code stance(initiative: "${INITIATIVE}") } }`);
  const free = countries.filter(({ stance }) => stance === "UNKNOWN" || stance === null).map(({ code }) => code);
  assert.ok(free.length > 50, `${free.length} countries without a stance`);
  return free.filter((code) => code !== "US");
}

const claim = (source, stance, text) => ({
  claimant: { kind: "PRESS", label: text },
  validFrom: "2025-07-01",
  summary: text.slice(0, 300),
  body: { stance: { stance } },
  evidence: [{ source, relation: "SUPPORTS", quote: text.slice(0, 200), locator: text.slice(0, 100) }],
});
