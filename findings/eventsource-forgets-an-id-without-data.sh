#!/usr/bin/env bash
# Software: npm eventsource 4.1.1, undici 7.30.2, launchdarkly-eventsource 2.2.0, Node 20.
# Guess: `id: c0` and a blank line set the place without an event, as the HTML standard says (9.2.6: the last event id is set
#   before the empty data ends the dispatch). Who comes back sends `Last-Event-ID: c0`.
# Seen: undici does. eventsource and launchdarkly-eventsource come back without an id: they look at the id only of an event
#   with data. With an empty line of data behind the id (`event: place`, `id: c0`, `data:`) all three send it, and no
#   listener for messages hears of it.
# Why it matters: a resumable stream tells the place before the first event, for it may be long in coming. With these clients
#   whoever is cut off before it begins anew at the head, and what happened between is lost.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >npm.log
npm install --silent --no-audit --no-fund eventsource@4.1.1 undici@7.30.2 launchdarkly-eventsource@2.2.0
cat >finding.mjs <<'JS'
import assert from "node:assert";
import http from "node:http";
import { EventSource as npm } from "eventsource";
import launchdarkly from "launchdarkly-eventsource";
import { EventSource as undici } from "undici";

// What the client sends with its second request, and how many messages it heard.
async function secondRequest(open, block) {
  const requests = [];
  let messages = 0;
  const again = Promise.withResolvers?.() ?? later();
  const server = http.createServer((request, response) => {
    requests.push(request.headers["last-event-id"] ?? "none");
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
    response.write(`retry: 100\n\n${block}`);
    if (requests.length === 1) setTimeout(() => response.end(), 200);
    else again.resolve();
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const source = open(`http://127.0.0.1:${server.address().port}/`);
  source.onmessage = () => (messages += 1);
  source.onerror = () => {};
  await Promise.race([again.promise, new Promise((_, fail) => setTimeout(fail, 20_000, new Error("it did not come back")))]);
  source.close();
  server.closeAllConnections();
  server.close();
  return [requests[1], messages];
}
function later() {
  const it = {};
  it.promise = new Promise((resolve) => (it.resolve = resolve));
  return it;
}

const clients = {
  eventsource: (url) => new npm(url),
  undici: (url) => new undici(url),
  "launchdarkly-eventsource": (url) => new launchdarkly.EventSource(url, { initialRetryDelayMillis: 100 }),
};
const bare = {};
for (const [name, open] of Object.entries(clients)) {
  bare[name] = (await secondRequest(open, "id: c0\n\n"))[0];
  assert.deepEqual(await secondRequest(open, "event: place\nid: c0\ndata:\n\n"), ["c0", 0], name);
}
assert.deepEqual(bare, { eventsource: "none", undici: "c0", "launchdarkly-eventsource": "none" });
console.log("Last-Event-ID after an id without data:", Object.entries(bare).map((pair) => pair.join(" ")).join(", "));
process.exit(0);
JS
node --no-warnings finding.mjs
