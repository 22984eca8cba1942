import { cacheExchange, Client, fetchExchange, subscriptionExchange } from "@urql/core";
import { createClient } from "graphql-ws";
import { following } from "./following.mjs";

export function watch({ http, ws, webSocketImpl, query, variables, onAnswer, onEnd }) {
  const socket = following(createClient({ url: ws, webSocketImpl, retryAttempts: Infinity, shouldRetry: () => true }));
  const isLive = ({ kind, query }) => kind === "query"
    && query.definitions.some(({ directives }) => directives?.some(({ name }) => name.value === "live"));
  const live = subscriptionExchange({
    forwardSubscription: (request) => ({
      subscribe: (sink) => ({ unsubscribe: socket.subscribe(request, sink) }),
    }),
    isSubscriptionOperation: (operation) => operation.kind === "subscription" || isLive(operation),
  });
  const client = new Client({ url: http, exchanges: [cacheExchange, live, fetchExchange] });
  const running = client.query(query, variables).subscribe(({ data, error }) => (error ? onEnd(error) : onAnswer(data)));
  return () => running.unsubscribe();
}
