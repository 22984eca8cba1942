#!/usr/bin/env bash
# Software: npm @urql/core 6.0.3 and @apollo/client 4.3.8 (graphql 16.15.0), Node 20.
# Guess: a client that asks for multipart/mixed for its subscriptions passes over `{}`, the heartbeat of Apollo's protocol
#   (subscriptionSpec 1.0), or does not know the protocol and says so.
# Seen: urql reads the parts and their payload. A heartbeat before the first event ends the subscription with
#   "[Network] No Content"; one after an event gives that event again, and so does the end of the stream. Apollo Client hears
#   each event once.
# Why it matters: urql asks for `text/event-stream, multipart/mixed`. A server that has both should answer the first, and
#   speak Apollo's protocol only to who names it. A heartbeat before the first event must wait.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >npm.log
npm install --silent --no-audit --no-fund @urql/core@6.0.3 @apollo/client@4.3.8 graphql@16.15.0 rxjs@7.8.2
cat >finding.mjs <<'JS'
import assert from "node:assert";
import http from "node:http";
import { ApolloClient, gql, HttpLink, InMemoryCache } from "@apollo/client";
import { Client, fetchExchange } from "@urql/core";

const heartbeat = {};
const event = (n) => ({ payload: { data: { n } } });
const asked = new Set();

// What a client hears of the parts, a twentieth of a second apart.
async function hear(parts, subscribe) {
  const server = http.createServer(async (request, response) => {
    asked.add(request.headers.accept);
    response.writeHead(200, { "content-type": 'multipart/mixed; boundary="graphql"; subscriptionSpec=1.0' });
    for (const part of parts) {
      response.write(`\r\n--graphql\r\nContent-Type: application/json\r\n\r\n${JSON.stringify(part)}`);
      await new Promise((done) => setTimeout(done, 50));
    }
    response.end("\r\n--graphql--\r\n");
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const heard = [];
  subscribe(`http://127.0.0.1:${server.address().port}/`, (what) => heard.push(what));
  await new Promise((done) => setTimeout(done, 1_000));
  server.closeAllConnections();
  server.close();
  return heard.join(" ");
}
const urql = (url, tell) =>
  new Client({ url, exchanges: [fetchExchange], fetchSubscriptions: true, preferGetMethod: false })
    .subscription("subscription { n }", {})
    .subscribe(({ data, error }) => tell(error ? error.message : data.n));
const apollo = (uri, tell) =>
  new ApolloClient({ cache: new InMemoryCache(), link: new HttpLink({ uri }) })
    .subscribe({ query: gql("subscription { n }") })
    .subscribe({ next: ({ data }) => tell(data.n), error: tell });

const before = [heartbeat, event(1), event(2)];
const between = [event(1), heartbeat, event(2)];
assert.equal(await hear(before, apollo), "1 2");
assert.equal(await hear(between, apollo), "1 2");
const first = await hear(before, urql);
const later = await hear(between, urql);
const none = await hear([event(1), event(2)], urql);
assert.deepEqual([first, later, none], ["[Network] No Content", "1 1 2 2", "1 2 2"]);
assert.ok(asked.has("text/event-stream, multipart/mixed"), [...asked].join("; "));
console.log(`urql 6.0.3: heartbeat first: ${first}; between 1 and 2: ${later}; none: ${none}. Apollo Client 4.3.8: 1 2`);
process.exit(0);
JS
node finding.mjs
