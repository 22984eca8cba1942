#!/usr/bin/env bash
# Software: npm @graphql-codegen/client-preset 6.2.0 (cli 7.4.3) and relay-compiler 21.0.1, graphql 16.15.0, Node 20.
# Guess: a document in a manifest of persisted documents means what its source means. Only blanks between tokens go.
# Seen: client-preset squeezes blanks inside strings as well: `search(text: "two  blanks")` is stored, hashed and sent as
#   "two blanks". relay-compiler prints a block string of two lines as an ordinary string with a bare line break, so the
#   stored document is no GraphQL. Neither says a word.
# Why it matters: a server that runs by manifest alone then answers another question, or refuses to start on a document that
#   its author never wrote. Read every document of a manifest when it is loaded, and name the one that does not parse.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >npm.log
npm install --silent --no-audit --no-fund @graphql-codegen/client-preset@6.2.0 @graphql-codegen/cli@7.4.3 relay-compiler@21.0.1 graphql@16.15.0
echo 'type Query { search(text: String!): Int }' >schema.graphql
mkdir -p preset relay/__generated__
cat >preset/documents.js <<'JS'
import { graphql } from "./generated";
graphql(`query Blanks { search(text: "two  blanks") }`);
JS
cat >relay/documents.js <<'JS'
graphql`query documentsQuery { search(text: """two
lines""") }`;
JS
cat >codegen.json <<'JSON'
{
  "schema": "schema.graphql",
  "documents": "preset/documents.js",
  "generates": { "preset/generated/": { "preset": "client", "presetConfig": { "persistedDocuments": true } } }
}
JSON
echo '{}' >relay/persisted.json
cat >relay.config.json <<'JSON'
{
  "src": "./relay",
  "schema": "./schema.graphql",
  "language": "javascript",
  "artifactDirectory": "./relay/__generated__",
  "persistConfig": { "file": "./relay/persisted.json" }
}
JSON
npx graphql-codegen -c codegen.json >log 2>&1 || { cat log >&2; exit 1; }
npx relay-compiler relay.config.json >log 2>&1 || { cat log >&2; exit 1; }
node - <<'JS'
const assert = require("node:assert");
const { parse } = require("graphql");
const only = (file) => {
  const documents = Object.values(require(file));
  assert.equal(documents.length, 1);
  return documents[0];
};
const text = (document) => parse(document).definitions[0].selectionSet.selections[0].arguments[0].value.value;
const preset = text(only("./preset/generated/persisted-documents.json"));
assert.equal(preset, "two blanks");
const relay = only("./relay/persisted.json");
assert.ok(relay.includes('"two\nlines"'), relay);
let refused;
assert.throws(() => parse(relay), (error) => (refused = error.message) === "Syntax Error: Unterminated string.");
console.log(`client-preset 6.2.0: "two  blanks" is stored as "${preset}"; relay-compiler 21.0.1: ${refused}`);
JS
