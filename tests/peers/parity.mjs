// Validation: every document of parity/documents.mjs is validated by graphql-js 16 and 17 against the introspected schema
// and by the server, which must agree. A request error has `errors` and no `data`. Execution: parity/responses.mjs.

import assert from "node:assert/strict";
import * as graphql16 from "graphql";
import * as graphql17 from "graphql17";
import { brief } from "./check.mjs";
import { responses } from "./parity/responses.mjs";
import { documents } from "./parity/documents.mjs";
import { knownDifferences } from "./parity/known_differences.mjs";
import { accepts, sequences, texts } from "./parity/syntax.mjs";
import { open } from "./stream.mjs";
import { ask, bearer, post } from "./target.mjs";

export default async function parity(check, target) {
  const introspection = await ask(target, graphql16.getIntrospectionQuery({ inputValueDeprecation: true, oneOf: true }));
  const validators = [graphql16, graphql17].map((graphql) => createValidator(graphql, graphql.buildClientSchema(introspection)));
  const seen = new Set();
  for (const [rule, { valid = [], invalid = [], invalidSince2025 = [], invalidUnseen = [] }] of Object.entries(documents)) {
    const groups = [ // result of 16, result of 17, expected result
      [valid, "valid", "valid", "valid"],
      [invalid, "invalid", "invalid", "invalid"],
      [invalidSince2025, "valid", "invalid", "invalid"],
      [invalidUnseen, "valid", "valid", "invalid"],
    ];
    for (const [cases, by16, by17, expected] of groups) {
      for (const [n, one] of cases.entries()) {
        const request = asRequest(one);
        await check(`${rule}, ${expected} ${n + 1}: ${brief(request.query.replace(/\s+/g, " "), 90)}`, async () => {
          const key = JSON.stringify(request);
          assert.ok(!seen.has(key), "duplicate document");
          seen.add(key);
          const results = validators.map((validate) => validate(request));
          assert.deepEqual(results.map(({ is }) => is), [by16, by17], `graphql-js returns ${brief(results)}`);
          const { is, response } = await validateByServer(target, request);
          if (knownDifferences.has(request.query) && is !== expected) return;
          assert.ok(!knownDifferences.has(request.query), "no longer differs: remove it from parity/known_differences.mjs");
          assert.equal(is, expected, `${brief(request)}\nthe server returns ${brief(response, 300)}\ngraphql-js returns ${brief(results[1].errors)}`);
        });
      }
    }
  }
  await checkSyntax(check, target);
  await checkExecution(check, target);
}

const GENERATED = 5_000;
const SEED = 20250903;

/** Section 2: graphql-js 17 decides whether the syntax of a text is correct. */
async function checkSyntax(check, target) {
  for (const [topic, group] of Object.entries(texts)) {
    await check(`syntax, ${topic}: ${group.length} texts`, () => compareSyntax(target, group));
  }
  const generated = [...sequences(GENERATED, SEED)];
  const accepted = generated.filter(accepts).length;
  await check(`syntax, ${GENERATED} generated texts`, async () => {
    assert.ok(accepted > GENERATED / 10 && accepted < GENERATED * 0.9, `graphql-js accepts ${accepted}`);
    await compareSyntax(target, generated);
  }, 120_000);
}

async function compareSyntax(target, group) {
  const differing = [];
  for (const query of group) {
    const { body } = await post(target.http, { query, operationName: "none" });
    const isAccepted = body.errors?.[0].extensions?.code !== "GRAPHQL_PARSE_FAILED";
    if (isAccepted !== accepts(query)) differing.push({ query, isAccepted, message: body.errors?.[0].message });
  }
  assert.deepEqual(differing, []);
}

/** Section 6: the exact response to a valid document, including the order of the keys. */
async function checkExecution(check, target) {
  for (const [rule, one, expected] of responses) {
    const request = asRequest(one);
    await check(`${rule}: ${brief(request.query.replace(/\s+/g, " "), 90)}`, async () => {
      const { body } = await post(target.http, request);
      const { data, errors } = body;
      const paths = errors?.map(({ path }) => path);
      const agrees = JSON.stringify({ data, paths }) === JSON.stringify(expected);
      assert.ok(!agrees || !knownDifferences.has(request.query), "no longer differs: remove it from parity/known_differences.mjs");
      assert.ok(agrees || knownDifferences.has(request.query), `the server returns ${brief(body)} for ${brief(request)}`);
    });
  }
}

function asRequest(one) {
  const [query, more] = typeof one === "string" ? [one] : one;
  return { query, ...more };
}

/** All errors that graphql-js finds before execution: syntax, validation, choice of operation, variables. */
function createValidator(graphql, schema) {
  const findErrors = ({ query, operationName, variables }) => {
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
      errors = findErrors(request);
    } catch (error) {
      errors = [error]; // usually a syntax error
    }
    return { is: errors.length > 0 ? "invalid" : "valid", errors: errors.map(({ message }) => message) };
  };
}

async function validateByServer(target, request) {
  if (isSubscription(request)) return subscribe(target, request);
  // Without a token a mutation may be rejected before validation. With one it fails in its field: it has no evidence.
  const headers = request.query.startsWith("mutation") ? bearer(target) : {};
  const { status, body } = await post(target.http, request, headers);
  const is = "data" in body ? "valid" : "invalid";
  assert.equal(status, is === "valid" ? 200 : 400, brief(body));
  if (is === "invalid") assert.ok(body.errors?.length > 0, brief(body));
  assert.doesNotMatch(JSON.stringify(body), /INTERNAL_SERVER_ERROR|UNAUTHENTICATED|FORBIDDEN|RATE_LIMITED/);
  return { is, response: body };
}

async function subscribe(target, request) {
  const stream = await open(`${target.http}/stream`, request);
  if (stream.response.ok) {
    stream.close();
    return { is: "valid", response: "a stream" };
  }
  const response = await stream.readError();
  assert.equal(response.status, 400, brief(response));
  assert.ok(response.errors.length > 0 && !("data" in response), brief(response));
  return { is: "invalid", response };
}

/** Decided by the text alone, because a document with a syntax error cannot be parsed. */
function isSubscription({ query, operationName }) {
  const names = [...query.matchAll(/\b(query|mutation|subscription)\b\s*(\w*)/g)];
  const operation = names.find(([, , name]) => name === operationName) ?? names[0];
  return operation?.[1] === "subscription";
}
