#!/usr/bin/env bash
# Software: npm launchdarkly-eventsource 2.2.0 on Node 20.
# Guess: a stream without bytes stays open until `readTimeoutMillis` or `heartbeat` of the caller says otherwise. By default
#   it stays open for ever, as in npm eventsource 4.1.1.
# Seen: after five silent seconds it hangs up ("received no data in undefinedms, assuming connection is dead") and asks anew.
#   The five seconds are those of Node's global agent (since Node 19), whose timeout the client takes for its own. With
#   `readTimeoutMillis`, or an agent of one's own, it stays.
# Why it matters: a stream whose keep-alive comes every twelve or fifteen seconds is cut and asked for again every six, and
#   the client is deaf in between. A keep-alive below five seconds suits every client.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >npm.log
npm install --silent --no-audit --no-fund eventsource@4.1.1 launchdarkly-eventsource@2.2.0
cat >finding.mjs <<'JS'
import assert from "node:assert";
import http from "node:http";
import { EventSource as npm } from "eventsource";
import launchdarkly from "launchdarkly-eventsource";

// When requests came, in seconds, and what the client said; one comment at the start, then silence.
async function watch(open) {
  const began = Date.now();
  const requests = [];
  const errors = [];
  const server = http.createServer((_, response) => {
    requests.push(Math.round((Date.now() - began) / 1000));
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(":\n\n");
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const source = open(`http://127.0.0.1:${server.address().port}/`);
  source.onerror = ({ message }) => errors.push(message);
  await new Promise((done) => setTimeout(done, 9_000));
  source.close();
  server.closeAllConnections();
  server.close();
  return { requests: requests.length, error: errors[0] };
}

const [other, plain, told, own] = await Promise.all([
  watch((url) => new npm(url)),
  watch((url) => new launchdarkly.EventSource(url)),
  watch((url) => new launchdarkly.EventSource(url, { readTimeoutMillis: 30_000 })),
  watch((url) => new launchdarkly.EventSource(url, { agent: new http.Agent({ keepAlive: true }) })),
]);
assert.equal(other.requests, 1);
assert.equal(told.requests, 1);
assert.equal(own.requests, 1);
assert.equal(plain.requests, 2);
assert.match(plain.error, /received no data in undefinedms/);
console.log(`launchdarkly-eventsource 2.2.0, nine silent seconds: ${plain.requests} requests, "${plain.error}"; eventsource 4.1.1: 1`);
process.exit(0);
JS
node finding.mjs
