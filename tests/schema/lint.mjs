// graphql-eslint over the schema, over the operations in files, and over those in the documents.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import graphqlPlugin from "@graphql-eslint/eslint-plugin";
import { ESLint } from "eslint";
import { buildSchema, parse, validate } from "graphql";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** A folder of operations that share fragments. */
const PACKAGE = "clients/typescript/operations";
/** Folders with operations that are sent as they are, so that each has all fragments that it uses, and no other. */
const FOLDERS = ["src", "web/operations", "web/atlas/operations", "web/playground/examples"];
const DOCUMENTS = ["README.md", ...readdirSync(path.join(ROOT, "docs")).filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`)];

const SCHEMA_RULES = {
  ...rulesOf("flat/schema-recommended"),
  ...rulesOf("flat/schema-relay"),
  "@graphql-eslint/require-description": ["error", {
    types: true, DirectiveDefinition: true, rootField: true, FieldDefinition: true, InputValueDefinition: true, EnumValueDefinition: true,
  }],
  "@graphql-eslint/no-scalar-result-type-on-mutation": "error",
  // Values of a ledger, such as a position, have no identity.
  "@graphql-eslint/strict-id-in-types": "off",
  "@graphql-eslint/relay-edge-types": ["error", { withEdgeSuffix: true, shouldImplementNode: false, listTypeCanWrapOnlyEdgeType: false }],
};

/** Style only: what the specification demands, `validate` of graphql-js checks. */
const OPERATION_RULES = {
  "@graphql-eslint/naming-convention": rulesOf("flat/operations-recommended")["@graphql-eslint/naming-convention"],
  "@graphql-eslint/no-anonymous-operations": "error",
  "@graphql-eslint/no-deprecated": "error",
  "@graphql-eslint/no-duplicate-fields": "error",
};

/** Examples to paste need no name. */
const EXAMPLE_RULES = { ...OPERATION_RULES, "@graphql-eslint/no-anonymous-operations": "off" };

export default async function lint(check) {
  await check("the schema", async () => {
    const found = await messages(SCHEMA_RULES, { "schema.graphql": text("schema.graphql") });
    // The specification describes the arguments of its directives elsewhere.
    assert.deepEqual(found.filter((message) => !/in directive "(include|skip|specifiedBy)"$/.test(message)), []);
  }, 60_000);
  const operations = FOLDERS.flatMap(filesOf).map((file) => [file, text(file)]);
  operations.push([`${PACKAGE}.graphql`, filesOf(PACKAGE).map(text).join("\n")]);
  await check("operations in files", () => {
    assert.ok(operations.length > 20, `${operations.length} files`);
    return assertOperations(OPERATION_RULES, Object.fromEntries(operations));
  }, 60_000);
  await check("operations in the documents", () => {
    const examples = Object.fromEntries(DOCUMENTS.flatMap(examplesOf));
    assert.ok(Object.keys(examples).length > 10);
    return assertOperations(EXAMPLE_RULES, examples);
  }, 60_000);
  await check("the rules are applied", rejects);
}

function rulesOf(name) {
  return graphqlPlugin.configs[name].rules;
}

const text = (file) => readFileSync(path.join(ROOT, file), "utf8");

function filesOf(folder) {
  const names = readdirSync(path.join(ROOT, folder), { recursive: true }).filter((name) => name.endsWith(".graphql"));
  return names.sort().map((name) => path.join(folder, name));
}

/** The GraphQL blocks of a document as files. */
function examplesOf(document) {
  const blocks = text(document).split("```").filter((part, at) => at % 2 === 1 && part.startsWith("graphql\n"));
  return blocks.map((block, at) => [`${document}.${at + 1}.graphql`, block.slice("graphql\n".length)]);
}

async function assertOperations(rules, files) {
  const schema = buildSchema(text("schema.graphql"));
  for (const [file, content] of Object.entries(files)) {
    assert.deepEqual(validate(schema, parse(content)).map(({ message }) => `${file}: ${message}`), []);
  }
  assert.deepEqual(await messages(rules, files), []);
}

async function messages(rules, files) {
  const eslint = new ESLint({
    cwd: ROOT,
    overrideConfigFile: true,
    overrideConfig: [{
      files: ["**/*.graphql"],
      plugins: { "@graphql-eslint": graphqlPlugin },
      languageOptions: { parser: graphqlPlugin.parser, parserOptions: { graphQLConfig: { schema: path.join(ROOT, "schema.graphql") } } },
      rules,
    }],
  });
  const found = [];
  for (const [file, content] of Object.entries(files)) {
    const [{ messages: list }] = await eslint.lintText(content, { filePath: file });
    found.push(...list.map(({ line, ruleId, message }) => `${file}:${line} ${ruleId ?? ""} ${message}`));
  }
  return found;
}

async function rejects() {
  const [name] = await messages(OPERATION_RULES, { "x.graphql": "query getQ { regions { code } }" });
  assert.match(name, /naming-convention/);
  const [anonymous] = await messages(OPERATION_RULES, { "x.graphql": "{ regions { code } }" });
  assert.match(anonymous, /no-anonymous-operations/);
  assert.deepEqual(await messages(EXAMPLE_RULES, { "x.graphql": "{ regions { code } }" }), []);
}
