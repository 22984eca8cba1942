// Introspection queries of common tools; the result must be the committed schema.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as graphql16 from "graphql";
import * as graphql17 from "graphql17";
import { brief } from "./check.mjs";
import { post } from "./target.mjs";

const COMMITTED = readFileSync(new URL("../../schema.graphql", import.meta.url), "utf8");
const ALL = {
  descriptions: true,
  specifiedByUrl: true,
  directiveIsRepeatable: true,
  schemaDescription: true,
  inputValueDeprecation: true,
  oneOf: true,
};

// GraphQL specification of September 2025, 3.13; `live` is our own (docs/live-queries.md).
const DIRECTIVES = {
  deprecated: ["ARGUMENT_DEFINITION", "ENUM_VALUE", "FIELD_DEFINITION", "INPUT_FIELD_DEFINITION"],
  include: ["FIELD", "FRAGMENT_SPREAD", "INLINE_FRAGMENT"],
  live: ["QUERY"],
  oneOf: ["INPUT_OBJECT"],
  skip: ["FIELD", "FRAGMENT_SPREAD", "INLINE_FRAGMENT"],
  specifiedBy: ["SCALAR"],
};

export default async function introspection(check, target) {
  await tools(check, target);
  for (const [version, graphql] of [[16, graphql16], [17, graphql17]]) await schemas(check, target, version, graphql);
  await check("GET /schema.graphql is the committed schema", async () => {
    const response = await fetch(new URL("/schema.graphql", target.http));
    assert.equal(response.status, 200);
    assert.equal(await response.text(), COMMITTED);
  });
}

async function tools(check, target) {
  const queries = {
    "graphql-js 16, everything": { query: graphql16.getIntrospectionQuery(ALL) },
    "graphql-js 16, defaults": { query: graphql16.getIntrospectionQuery() },
    "graphql-js 16, as little as possible": { query: graphql16.getIntrospectionQuery({ descriptions: false }) },
    "graphql-js 17, everything": { query: graphql17.getIntrospectionQuery(ALL) },
    "graphql-js 17, defaults": { query: graphql17.getIntrospectionQuery() },
    "GraphiQL 5": {
      query: graphql16.getIntrospectionQuery({ inputValueDeprecation: true, schemaDescription: true }),
      operationName: "IntrospectionQuery",
    },
    // Rover uses the query of graphql-js with another name and less depth.
    "Rover": rover({ inputValueDeprecation: true, typeDepth: 7 }, "GraphIntrospectQuery"),
    "Rover for older servers": rover({ typeDepth: 7 }, "GraphIntrospectLegacyQuery"),
  };
  for (const [name, request] of Object.entries(queries)) {
    await check(`${name}: returns a valid schema`, async () => {
      const schema = graphql16.buildClientSchema(await introspect(target, request));
      graphql16.assertValidSchema(schema);
    });
  }
  await check("graphql-js 16, defaults, by GET", async () => {
    const address = `${target.http}?${new URLSearchParams(queries["graphql-js 16, defaults"])}`;
    const { data, errors } = await (await fetch(address)).json();
    assert.equal(errors, undefined, brief(errors));
    graphql16.assertValidSchema(graphql16.buildClientSchema(data));
  });
}

function rover(options, name) {
  const query = graphql17.getIntrospectionQuery(options).replace("query IntrospectionQuery", `query ${name}`);
  return { query, operationName: name, variables: {} };
}

async function introspect(target, request) {
  const { status, body } = await post(target.http, request);
  assert.equal(status, 200, brief(body));
  assert.equal(body.errors, undefined, brief(body.errors));
  return body.data;
}

async function schemas(check, target, version, graphql) {
  const data = await introspect(target, { query: graphql.getIntrospectionQuery(ALL) });
  const [introspected, committed] = [graphql.buildClientSchema(data), graphql.buildSchema(COMMITTED)];
  const title = (name) => `graphql-js ${version}: ${name}`;
  await check(title("the schema is valid"), () => graphql.assertValidSchema(introspected));
  await check(title("the committed schema is valid"), () => graphql.assertValidSchema(committed));
  const [actual, expected] = [withoutBuiltIns(graphql, introspected), withoutBuiltIns(graphql, committed)];
  for (const [name, from, to] of [["from the committed to the introspected schema", expected, actual], ["from the introspected to the committed schema", actual, expected]]) {
    await check(title(`no breaking change ${name}`), () => {
      assert.deepEqual(graphql.findBreakingChanges(from, to), []);
      assert.deepEqual(graphql.findDangerousChanges(from, to), []);
    });
  }
  await check(title("both schemas are identical when sorted and printed, with descriptions"), () => {
    const print = (schema) => graphql.printSchema(graphql.lexicographicSortSchema(schema));
    const [a, b] = [print(actual).split("\n"), print(expected).split("\n")];
    const line = a.findIndex((text, n) => text !== b[n]);
    assert.ok(line < 0 && a.length === b.length, `line ${line + 1}: ${brief(a[line])} instead of ${brief(b[line])}`);
  });
  await check(title("the description of the schema is the committed one"), () => {
    assert.equal(introspected.description ?? undefined, committed.description);
  });
  await check(title("directives have the locations of the specification, and ours its own"), () => {
    const locationsByName = Object.fromEntries(introspected.getDirectives().map(({ name, locations }) => [name, [...locations].sort()]));
    assert.deepEqual(locationsByName, DIRECTIVES);
  });
  await check(title("the printed schema parses to the same schema"), () => {
    const printed = graphql.printSchema(introspected);
    assert.equal(graphql.printSchema(graphql.buildSchema(printed)), printed);
  });
  await check(title("scalars have a specification URL, and oneOf inputs are marked"), () => {
    for (const name of ["Date", "DateTime", "Decimal", "Edtf", "Url"]) {
      assert.match(introspected.getType(name).specifiedByURL ?? "", /^https:/, name);
    }
    for (const name of ["BodyInput", "SubjectInput"]) assert.equal(introspected.getType(name).isOneOf, true, name);
  });
  await check(title("everything has a description"), () => {
    const undocumented = Object.values(introspected.getTypeMap())
      .filter((type) => !type.name.startsWith("__") && !graphql.isSpecifiedScalarType(type))
      .flatMap((type) => [[type.name, type], ...membersOf(type)])
      .filter(([, { description }]) => !description)
      .map(([name]) => name);
    assert.deepEqual(undocumented, []);
  });
}

/** The schema without the directives of the specification, which graphql-js adds in its own version. */
function withoutBuiltIns(graphql, schema) {
  const { directives, ...config } = schema.toConfig();
  const custom = directives.filter((directive) => !graphql.isSpecifiedDirective(directive));
  return new graphql.GraphQLSchema({ ...config, directives: custom, description: undefined });
}

/** Fields, arguments and enum values by schema coordinate. */
function membersOf(type) {
  const fields = Object.values(type.getFields?.() ?? {}).flatMap((field) => [
    [`${type.name}.${field.name}`, field],
    ...(field.args ?? []).map((arg) => [`${type.name}.${field.name}(${arg.name}:)`, arg]),
  ]);
  const values = (type.getValues?.() ?? []).map((value) => [`${type.name}.${value.name}`, value]);
  return [...fields, ...values];
}
