// Writes src/generated/ from the schema and operations/. `--check` writes nothing and fails if a file would change.

import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { codegen } from "@graphql-codegen/core";
import * as typedDocuments from "@graphql-codegen/typed-document-node";
import * as typescript from "@graphql-codegen/typescript";
import * as operationTypes from "@graphql-codegen/typescript-operations";
import { buildSchema, isAbstractType, isObjectType, isScalarType, isSpecifiedScalarType, parse } from "graphql";

const HEAD = "// Written by generate.mjs; do not edit.\n\n";
const OUTPUT = new URL("src/generated/", import.meta.url);
const OPERATIONS = new URL("operations/", import.meta.url);

const sdl = await readFile(new URL("../../schema.graphql", import.meta.url), "utf8");
const schema = buildSchema(sdl);
const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith("__"));
/** Every scalar of the schema is a text in JSON. */
const scalars = Object.fromEntries(
  types.filter((type) => isScalarType(type) && !isSpecifiedScalarType(type)).map(({ name }) => [name, "string"]));
const config = { scalars, strictScalars: true, enumsAsTypes: true, skipTypename: false, useTypeImports: true, defaultScalarType: "unknown" };

const files = {
  "schema.ts": await plugin({ typescript }),
  "documents.ts": await plugin({ operationTypes, typedDocuments }),
  "tables.ts": HEAD + [
    constant("The type of each scalar of the schema in TypeScript.", "scalars", scalars),
    constant("The object types that an interface or a union may be.", "possibleTypes", Object.fromEntries(
      types.filter(isAbstractType).map((type) => [type.name, schema.getPossibleTypes(type).map(({ name }) => name)]))),
    constant("Object types without an `id`, which caches store inside of the object that has them.", "embeddedTypes",
      types.filter((type) => isObjectType(type) && !type.getFields().id && !isRoot(type)).map(({ name }) => name)),
  ].join("\n"),
};

const isCheck = process.argv.includes("--check");
await mkdir(OUTPUT, { recursive: true });
const stale = [];
for (const [name, text] of Object.entries(files)) {
  const file = new URL(name, OUTPUT);
  if ((await readFile(file, "utf8").catch(() => "")) === text) continue;
  stale.push(name);
  if (!isCheck) await writeFile(file, text);
}
if (isCheck && stale.length > 0) {
  console.error(`${stale.join(", ")}: not what the schema and the operations give; run \`npm run generate\` in clients/typescript and commit the result`);
  process.exitCode = 1;
}

async function plugin(plugins) {
  const documents = [];
  for (const file of (await readdir(OPERATIONS)).sort()) {
    const rawSDL = await readFile(new URL(file, OPERATIONS), "utf8");
    documents.push({ location: file, document: parse(rawSDL, { noLocation: true }), rawSDL });
  }
  const text = await codegen({
    filename: "unused.ts",
    schema: parse(sdl),
    schemaAst: schema,
    documents,
    config,
    pluginMap: plugins,
    plugins: Object.keys(plugins).map((name) => ({ [name]: {} })),
  });
  return HEAD + text;
}

function constant(comment, name, value) {
  return `/** ${comment} */\nexport const ${name} = ${JSON.stringify(value, null, 2)} as const;\n`;
}

function isRoot(type) {
  return [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].includes(type);
}
