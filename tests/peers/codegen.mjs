// Code generated from schema.graphql by third-party tools must compile: graphql-codegen's client preset with `tsc`, and
// relay-compiler.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { codegen as generate } from "@graphql-codegen/core";
import { preset } from "@graphql-codegen/client-preset";
import { buildSchema, parse } from "graphql";

const OUTPUT = "generated/codegen/";
const SCALARS = { Date: "string", DateTime: "string", Decimal: "string", Edtf: "string", Url: "string" };
const LIMIT = 60_000; // ms

const run = promisify(execFile);

export default async function codegen(check) {
  await check("graphql-codegen runs with the client preset", clientPreset, LIMIT);
  await check("tsc --strict compiles the generated code and its use", () =>
    run(process.execPath, ["node_modules/typescript/bin/tsc", "--project", "codegen/tsconfig.json"]).catch(failure), LIMIT);
  await check("relay-compiler compiles, with its pagination, refetching and abstract types", async () => {
    const output = await compileRelay();
    assert.doesNotMatch(output, /WARN|ERROR/);
  }, LIMIT);
}

/** Writes to `generated/relay/`; returns the output of the compiler. */
export async function compileRelay() {
  await mkdir("generated/relay", { recursive: true });
  const { stdout, stderr } = await run(process.execPath, ["node_modules/relay-compiler/cli.js", "relay.config.json"]).catch(failure);
  return stdout + stderr;
}

/** Does the same as the `graphql-codegen` command, without its hundred dependencies. */
async function clientPreset() {
  const sdl = await readFile("../../schema.graphql", "utf8");
  const use = await readFile("codegen/use.ts", "utf8");
  const documents = [...use.matchAll(/graphql\(`([^`]+)`\)/g)].map(([, rawSDL]) => ({
    location: "codegen/use.ts",
    document: parse(rawSDL),
    rawSDL,
  }));
  const files = await preset.buildGeneratesSection({
    baseOutputDir: OUTPUT,
    schema: parse(sdl),
    schemaAst: buildSchema(sdl),
    documents,
    config: { scalars: SCALARS, strictScalars: true, useTypeImports: true },
    presetConfig: { fragmentMasking: { unmaskFunctionName: "read" } },
    plugins: [],
    pluginMap: {},
    documentTransforms: [],
  });
  await mkdir(OUTPUT, { recursive: true });
  for (const file of files) await writeFile(file.filename, await generate(file));
}

function failure({ stdout, stderr, message }) {
  throw new Error(`${stdout}\n${stderr}`.trim() || message);
}
