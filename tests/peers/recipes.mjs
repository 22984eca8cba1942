// The recipes of docs/clients.md: each client, as the document sets it up, resumes by itself after a broken connection.

import assert from "node:assert/strict";
import WebSocket from "ws";
import { brief, within } from "./check.mjs";
import { documents } from "./clients/documents.js";
import { checkRecipes } from "./recipe.mjs";
import { ask, subject } from "./target.mjs";

const CHANGES = "documentsChangesSubscription";
const PATIENCE = 30_000; // ms; the clients wait longer after each failure

export default async function recipes(check, target) {
  await checkRecipes(check, target, {
    document: "docs/clients.md",
    folder: "recipes",
    promise: "the recipe resumes without a gap or a repeat, twice",
    follow: (proxy, options) => resumes(target, proxy, options),
    patience: 3 * PATIENCE,
  });
}

async function resumes(target, proxy, { watch, ...addresses }) {
  const { move } = await subject(target);
  const { default: subscription } = await import(`./generated/relay/${CHANGES}.graphql.js`);
  const head = await ask(target, "{ ledger { head { cursor } } }");
  const received = [];
  let wake = () => {};
  let end;
  const stop = watch({
    ...addresses,
    webSocketImpl: WebSocket,
    query: documents[CHANGES],
    subscription,
    after: head.ledger.head.cursor,
    onChange({ cursor, from, to }) { received.push({ cursor, from, to }); wake(); },
    onEnd(error) { end = { error }; wake(); },
  });
  const expected = [];
  const expect = async () => {
    const isThere = () => received.length >= expected.length || end;
    await within(PATIENCE, new Promise((resolve) => {
      wake = () => { if (isThere()) resolve(); };
      wake();
    }), `receiving ${expected.length} changes`).catch((error) => { throw new Error(`${error.message}; received ${brief(received)}`); });
    assert.equal(end, undefined, brief(String(end?.error)));
    assert.deepEqual(received, expected);
  };
  expected.push(await move());
  await expect();
  for (let breaks = 0; breaks < 2; breaks += 1) {
    proxy.cut();
    expected.push(await move());
    proxy.restore();
    await expect();
  }
  expected.push(await move());
  await expect();
  stop();
}
