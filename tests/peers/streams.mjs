// Subscriptions at the URL of queries, in each format that a client asks for by `Accept`, with clients that need no second
// link. The same checks as for other clients, and what happens when the server stops.

import assert from "node:assert/strict";
import { within } from "./check.mjs";
import { apolloHttp, jsonLines, urqlFetch } from "./clients/adapters.mjs";
import { checkClient } from "./clients.mjs";
import { createProxy } from "./proxy.mjs";
import { start } from "./server.mjs";

const FACTORIES = {
  "Apollo Client without a second link": apolloHttp,
  "urql without a second exchange": urqlFetch,
  "fetch of JSON Lines": jsonLines,
};
const PAUSE = "200ms";

export default async function streams(check, target) {
  const proxy = await createProxy(new URL(target.http));
  const http = target.http.replace(/\/\/[^/]+/, `//${proxy.host}`);
  for (const [name, create] of Object.entries(FACTORIES)) {
    await checkClient(check, target, proxy, name, create({ http }));
  }
  proxy.close();
  if (target.binary) await checkStop(check, target);
}

/** A client survives heartbeats, and learns that the server has ended the stream. */
async function checkStop(check, target) {
  const server = await start(target.binary, { "--no-seed": true, "--keep-alive-interval": PAUSE });
  const ends = Object.entries(FACTORIES).map(([name, create]) => {
    const heard = [];
    const end = new Promise((resolve) => {
      const sink = { next: (data) => heard.push(data), end: (error) => resolve(error) };
      create({ http: server.http }).subscribe("documentsChangesSubscription", {}, sink);
    });
    return { name, heard, end };
  });
  await new Promise((resolve) => { setTimeout(resolve, 1000); });
  server.terminate();
  for (const { name, heard, end } of ends) {
    // urql reconnects to server-sent events by itself.
    if (name.startsWith("urql")) continue;
    await check(`${name}: hears no heartbeat as an event, and an error when the server stops`, async () => {
      const error = await within(5000, end, "the end of the subscription");
      assert.match(String(error?.message), /shutting down|STOPPING/);
      assert.deepEqual(heard, []);
    });
  }
  await server.stop();
}
