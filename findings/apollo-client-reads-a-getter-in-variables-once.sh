#!/usr/bin/env bash
# Software: npm graphql-ws 6.4.2, @urql/core 6.0.3, @apollo/client 4.3.8 (graphql 16.15.0, ws 8.23.0), Node 20.
# Guess: graphql-ws sends a subscription again after a cut by writing the same payload anew. So `variables` with a getter
#   (`get after() { return cursor }`) ask from the newest cursor, through whatever client sits on top.
# Seen: so it is with graphql-ws alone and with urql, which hand the object on. Apollo Client copies the variables at the
#   start: after each cut it asks from the first cursor again, and what came since comes twice.
# Why it matters: the getter is the shortest way to resume, and it works in a demo with graphql-ws. Docs must name the clients
#   for which it does not, and tell them to begin a new subscription.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >npm.log
npm install --silent --no-audit --no-fund graphql-ws@6.4.2 @urql/core@6.0.3 @apollo/client@4.3.8 graphql@16.15.0 ws@8.23.0 rxjs@7.8.2
cat >finding.mjs <<'JS'
import assert from "node:assert";
import { ApolloClient, InMemoryCache, gql } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { Client, subscriptionExchange } from "@urql/core";
import { createClient } from "graphql-ws";
import WebSocket, { WebSocketServer } from "ws";

const query = "subscription ($after: String) { changes(after: $after) }";

// The cursors that three connections ask from; each answers with one event, the first two are then cut.
async function asked(subscribe) {
  const cursors = [];
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", handleProtocols: () => "graphql-transport-ws" });
  await new Promise((done) => server.on("listening", done));
  const third = new Promise((done) =>
    server.on("connection", (socket) =>
      socket.on("message", (text) => {
        const message = JSON.parse(text);
        if (message.type === "connection_init") socket.send('{"type":"connection_ack"}');
        if (message.type !== "subscribe") return;
        cursors.push(message.payload.variables.after);
        const payload = { data: { changes: `c${cursors.length}` } };
        socket.send(JSON.stringify({ type: "next", id: message.id, payload }));
        if (cursors.length < 3) setTimeout(() => socket.close(1012), 100);
        else done();
      }),
    ),
  );
  const client = createClient({
    url: `ws://127.0.0.1:${server.address().port}`,
    webSocketImpl: WebSocket,
    retryWait: () => new Promise((done) => setTimeout(done, 50)),
  });
  let cursor = "c0";
  const variables = { get after() { return cursor; } };
  subscribe(client, variables, (result) => { cursor = result.data.changes; });
  await third;
  await client.dispose();
  for (const socket of server.clients) socket.terminate();
  server.close();
  return cursors.join(" ");
}

const seen = {
  "graphql-ws": await asked((client, variables, next) =>
    client.subscribe({ query, variables }, { next, error() {}, complete() {} })),
  urql: await asked((client, variables, next) => {
    const forwardSubscription = ({ query, variables }) => ({
      subscribe: (sink) => ({ unsubscribe: client.subscribe({ query, variables }, sink) }),
    });
    new Client({ url: "http://127.0.0.1:1", exchanges: [subscriptionExchange({ forwardSubscription })] })
      .subscription(query, variables)
      .subscribe(next);
  }),
  "Apollo Client": await asked((client, variables, next) =>
    new ApolloClient({ cache: new InMemoryCache(), link: new GraphQLWsLink(client) })
      .subscribe({ query: gql(query), variables })
      .subscribe({ next, error() {} })),
};
assert.deepEqual(seen, { "graphql-ws": "c0 c1 c2", urql: "c0 c1 c2", "Apollo Client": "c0 c0 c0" });
console.log(Object.entries(seen).map(([name, cursors]) => `${name}: ${cursors}`).join("; "));
process.exit(0);
JS
node finding.mjs
