// Validation as graphql-js does it: every document of parity/documents.mjs is judged by graphql-js 16 and 17 over the
// introspected schema and by the server, which must agree. A request error has `errors` and no `data`. And execution: the
// answers of parity/answers.mjs.

import assert from "node:assert/strict";
import * as graphql16 from "graphql";
import * as graphql17 from "graphql17";
import { brief } from "./check.mjs";
import { answers } from "./parity/answers.mjs";
import { documents } from "./parity/documents.mjs";
import { remains } from "./parity/remains.mjs";
import { open } from "./stream.mjs";
import { ask, bearer, post } from "./target.mjs";

export default async function parity(check, target) {
  const introspection = await ask(target, graphql16.getIntrospectionQuery({ inputValueDeprecation: true, oneOf: true }));
  const judges = [graphql16, graphql17].map((graphql) => judge(graphql, graphql.buildClientSchema(introspection)));
  const seen = new Set();
  for (const [rule, { valid = [], invalid = [], invalidSince2025 = [], invalidUnseen = [] }] of Object.entries(documents)) {
    const sides = [ // what 16 says, what 17 says, what is due
      [valid, "valid", "valid", "valid"],
      [invalid, "invalid", "invalid", "invalid"],
      [invalidSince2025, "valid", "invalid", "invalid"],
      [invalidUnseen, "valid", "valid", "invalid"],
    ];
    for (const [cases, by16, by17, due] of sides) {
      for (const [n, one] of cases.entries()) {
        const request = asRequest(one);
        await check(`${rule}, ${due} ${n + 1}: ${brief(request.query.replace(/\s+/g, " "), 90)}`, async () => {
          const key = JSON.stringify(request);
          assert.ok(!seen.has(key), "the same case stands here twice");
          seen.add(key);
          const verdicts = judges.map((verdict) => verdict(request));
          assert.deepEqual(verdicts.map(({ is }) => is), [by16, by17], `graphql-js says ${brief(verdicts)}`);
          const { is, answer } = await served(target, request);
          if (remains.has(request.query) && is !== due) return;
          assert.ok(!remains.has(request.query), "no longer differs: take it off parity/remains.mjs");
          assert.equal(is, due, `of ${brief(request)}\nthe server answers ${brief(answer, 300)}\ngraphql-js says ${brief(verdicts[1].errors)}`);
        });
      }
    }
  }
  await executed(check, target);
}

/** Section 6: what a valid document is answered with, to the order of the keys. */
async function executed(check, target) {
  for (const [rule, one, due] of answers) {
    const request = asRequest(one);
    await check(`${rule}: ${brief(request.query.replace(/\s+/g, " "), 90)}`, async () => {
      const { body } = await post(target.http, request);
      const { data, errors } = body;
      const paths = errors?.map(({ path }) => path);
      const agrees = JSON.stringify({ data, paths }) === JSON.stringify(due);
      assert.ok(!agrees || !remains.has(request.query), "no longer differs: take it off parity/remains.mjs");
      assert.ok(agrees || remains.has(request.query), `the server answers ${brief(body)} to ${brief(request)}`);
    });
  }
}

function asRequest(one) {
  const [query, more] = typeof one === "string" ? [one] : one;
  return { query, ...more };
}

/** Everything that graphql-js refuses before it executes: grammar, validation, choice of operation, variables. */
function judge(graphql, schema) {
  const faults = ({ query, operationName, variables }) => {
    const document = graphql.parse(query, { allowEmptySelectionSets: false });
    const errors = graphql.validate(schema, document);
    if (errors.length > 0) return errors;
    const operation = graphql.getOperationAST(document, operationName);
    if (!operation) return [new Error("no such operation")];
    return graphql.getVariableValues(schema, operation.variableDefinitions ?? [], variables ?? {}).errors ?? [];
  };
  return (request) => {
    let errors;
    try {
      errors = faults(request);
    } catch (error) {
      errors = [error]; // of grammar, for the most part
    }
    return { is: errors.length > 0 ? "invalid" : "valid", errors: errors.map(({ message }) => message) };
  };
}

async function served(target, request) {
  if (isSubscription(request)) return subscribed(target, request);
  // Without a token a mutation may be refused before it is looked at. With one it fails in its field: it lacks evidence.
  const headers = request.query.startsWith("mutation") ? bearer(target) : {};
  const { status, body } = await post(target.http, request, headers);
  const is = "data" in body ? "valid" : "invalid";
  assert.equal(status, is === "valid" ? 200 : 400, brief(body));
  if (is === "invalid") assert.ok(body.errors?.length > 0, brief(body));
  assert.doesNotMatch(JSON.stringify(body), /INTERNAL_SERVER_ERROR|UNAUTHENTICATED|FORBIDDEN|RATE_LIMITED/);
  return { is, answer: body };
}

async function subscribed(target, request) {
  const stream = await open(`${target.http}/stream`, request);
  if (stream.response.ok) {
    stream.leave();
    return { is: "valid", answer: "a stream" };
  }
  const answer = await stream.refusal();
  assert.equal(answer.status, 400, brief(answer));
  assert.ok(answer.errors.length > 0 && !("data" in answer), brief(answer));
  return { is: "invalid", answer };
}

/** By the text alone: a document that does not parse has no operation to ask. */
function isSubscription({ query, operationName }) {
  const names = [...query.matchAll(/\b(query|mutation|subscription)\b\s*(\w*)/g)];
  const named = names.find(([, , name]) => name === operationName) ?? names[0];
  return named?.[1] === "subscription";
}
