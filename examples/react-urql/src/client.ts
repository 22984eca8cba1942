// Queries by HTTP, subscriptions by WebSocket with `follow` of demarche-client: they go on behind their last event whatever happens.

import { Client, fetchExchange, subscriptionExchange } from "@urql/core";
import { cacheExchange } from "@urql/exchange-graphcache";
import { subscriptionClient } from "demarche-client";
import { keys } from "demarche-client/urql";
import { createClient as createSocket } from "graphql-ws";

export function createClient(server: string): Client {
  const socket = subscriptionClient({ from: createSocket({ url: `${server.replace(/^http/, "ws")}/graphql/ws` }) });
  const subscriptions = subscriptionExchange({
    forwardSubscription: ({ query, variables }) => ({
      subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query: query!, variables }, sink) }),
    }),
  });
  return new Client({ url: `${server}/graphql`, exchanges: [cacheExchange({ keys }), fetchExchange, subscriptions] });
}
