// Recipes of a document: each client, as the document sets it up, through a proxy that breaks its connections.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { compileRelay } from "./codegen.mjs";
import { createProxy } from "./proxy.mjs";

const CLIENTS = ["graphql-ws", "graphql-sse", "urql", "apollo", "relay"];

// Checks that `document` shows every file of `folder`, and for each client what `promise` says: `follow(proxy, options)` runs it with
// the addresses behind the proxy and the recipe's `watch`, within `patience` milliseconds.
export async function checkRecipes(check, target, { document, folder, promise, follow, patience }) {
  const guide = readFileSync(new URL(`../../${document}`, import.meta.url), "utf8");
  const files = new URL(`./${folder}/`, import.meta.url);
  for (const file of readdirSync(files)) {
    await check(`${document} shows ${file}`, () =>
      assert.ok(guide.includes(`\n${readFileSync(new URL(file, files), "utf8")}\`\`\`\n`), "the text differs"));
  }
  await check("relay-compiler", compileRelay, 60_000);
  const proxy = await createProxy(new URL(target.http));
  const through = (url) => url.replace(/\/\/[^/]+/, `//${proxy.host}`);
  const addresses = { http: through(target.http), ws: through(target.ws), stream: `${through(target.http)}/stream` };
  for (const name of CLIENTS) {
    await check(`${name}: ${promise}`, async () => {
      const { watch } = await import(`./${folder}/${name}.mjs`);
      await follow(proxy, { ...addresses, watch });
    }, patience);
  }
  proxy.close();
}
