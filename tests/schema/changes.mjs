// Every change since the last release that can break a client is announced in CHANGELOG.md.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { CriticalityLevel, diff } from "@graphql-inspector/core";
import { buildSchema, findBreakingChanges } from "graphql";

const ROOT = new URL("../../", import.meta.url);
/** Not breaking for a query, but for clients that reject what they do not know. */
const NEW_VALUES = ["ENUM_VALUE_ADDED", "UNION_MEMBER_ADDED"];

export default async function changes(check) {
  const read = (path) => readFileSync(new URL(path, ROOT), "utf8");
  const [released, current] = ["tests/schema/released.graphql", "schema.graphql"].map((path) => buildSchema(read(path)));
  await check("what can break a client is in CHANGELOG.md", async () => {
    const missing = (await breakingChanges(released, current)).filter(({ path }) => !announced(read("CHANGELOG.md")).includes(`\`${path}\``));
    const lines = missing.map(({ path, message }) => `\`${path}\`: ${message}`);
    assert.deepEqual(lines, [], "name the path in the part of CHANGELOG.md about the next release");
  });
  await check("the check finds what it is for", detects);
}

/** The part of the change log about what is not released yet. */
const announced = (changelog) => changelog.split(/^## /m).find((part) => part.startsWith("Unreleased")) ?? "";

/** Of two tools, because neither reports all: an input that becomes `@oneOf`, and a directive that is gone. */
async function breakingChanges(from, to) {
  const found = (await diff(from, to))
    .filter(({ criticality, type }) => criticality.level === CriticalityLevel.Breaking || NEW_VALUES.includes(type))
    .map(({ path, message }) => ({ path, message }));
  const messages = found.map(({ message }) => message);
  for (const { description } of findBreakingChanges(from, to)) {
    const names = description.match(/[A-Za-z_]+(\.[A-Za-z_]+)*/g) ?? [];
    const isKnown = found.some(({ path }) => names.includes(path) || names.includes(path?.split(".").slice(0, 2).join(".")));
    if (!isKnown) found.push({ path: names.find((name) => /[A-Z]|\./.test(name)) ?? description, message: description });
  }
  return found;
}

async function detects() {
  const pairs = [
    ["type Query { a: Int b: Int }", "type Query { a: Int }", "Query.b"],
    ["type Query { a: Int! }", "type Query { a: Int }", "Query.a"],
    ["type Query { a: Int }", "type Query { a(b: Int!): Int }", "Query.a.b"],
    ["type Query { a: E } enum E { A }", "type Query { a: E } enum E { A B }", "E.B"],
    ["type Query { a(i: I): Int } input I { a: Int b: Int }", "type Query { a(i: I): Int } input I @oneOf { a: Int b: Int }", "I.@oneOf"],
    ["type Query { a: Int }", "type Query { a: Int b: Int }", undefined],
    ["type Query { a: Int }", "\"It.\" type Query { a(b: Int): Int @deprecated }", undefined],
  ];
  for (const [from, to, path] of pairs) {
    const [first] = await breakingChanges(buildSchema(from), buildSchema(to));
    assert.equal(first?.path, path, to);
  }
}
