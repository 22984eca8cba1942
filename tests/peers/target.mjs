// Requests to the server under test, and stance changes recorded on it.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { brief } from "./check.mjs";

const STANCES = ["NAMED", "APPROACHED", "NEGOTIATING", "AGREED_IN_PRINCIPLE", "AGREED", "IMPLEMENTING"];

/** Sends a POST; returns status, media type and parsed body. */
export async function post(url, body, headers = {}) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/graphql-response+json", ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, type: response.headers.get("content-type"), body: await response.json() };
}

/** The data of an operation; it must succeed. */
export async function ask(target, query, variables = {}, headers = {}) {
  const { body } = await post(target.http, { query, variables }, headers);
  assert.ok(body.data && !body.errors, brief(body));
  return body.data;
}

export const bearer = (target) => {
  assert.ok(target.token, "set DEMARCHE_TOKEN to the token of an editor");
  return { authorization: `Bearer ${target.token}` };
};

/** A relationship that only this check changes: `move()` records the next stance and returns the change; `filter` selects it. */
export async function subject(target) {
  target.editor ??= editor(target);
  const { initiative, source, countries } = await target.editor;
  const country = countries.pop();
  let moves = 0;
  return {
    filter: { initiatives: [initiative], countries: [country] },
    async move() {
      const { query, variables } = recordMutation(initiative, country, STANCES[moves], source);
      moves += 1;
      const { recordStatement } = await ask(target, query, variables, bearer(target));
      return recordStatement.stanceChange;
    },
  };
}

/** Query and variables that record a stance; every call has a new idempotency key. */
export function recordMutation(initiative, country, stance, source) {
  return {
    query: `mutation Record($input: RecordStatementInput!) {
      recordStatement(input: $input) { statement { id } stanceChange { cursor from to } }
    }`,
    variables: {
      input: {
        idempotencyKey: unique(),
        subject: { relationship: { initiative, requestedState: country } },
        claimant: { kind: "PRESS", label: "A newspaper" },
        validFrom: "2025-07-01",
        summary: "A report for a test.",
        body: { stance: { stance } },
        evidence: [{ source, relation: "SUPPORTS" }],
      },
    },
  };
}

/** Opens an initiative for this run; returns it with a source and the countries without a stance in it. */
async function editor(target) {
  const initiative = `peers-${unique()}`;
  const open = `mutation($input: OpenInitiativeInput!) { openInitiative(input: $input) { initiative { slug } } }`;
  const register = `mutation($input: RegisterSourceInput!) { registerSource(input: $input) { source { id } } }`;
  const openInput = { idempotencyKey: unique(), slug: initiative, title: "A test", summary: "A test.", requestingState: "US" };
  await ask(target, open, { input: openInput }, bearer(target));
  const source = { idempotencyKey: unique(), kind: "NEWS", publisher: "A newspaper", title: "A report" };
  const { registerSource } = await ask(target, register, { input: source }, bearer(target));
  const { countries } = await ask(target, "{ countries { code } }");
  const codes = countries.map(({ code }) => code).filter((code) => code !== "US");
  return { initiative, source: registerSource.source.id, countries: codes };
}

const unique = () => randomBytes(6).toString("hex");
