import { cacheExchange, Client, fetchExchange, subscriptionExchange } from "@urql/core";
import { createClient } from "graphql-ws";
import { resuming } from "./resuming.mjs";

export function watch({ http, ws, webSocketImpl, query, after, onChange, onEnd }) {
  const socket = resuming(createClient({ url: ws, webSocketImpl, retryAttempts: Infinity, shouldRetry: () => true }));
  const forwardSubscription = (request) => ({
    subscribe: (sink) => ({ unsubscribe: socket.subscribe(request, sink) }),
  });
  const client = new Client({ url: http, exchanges: [cacheExchange, fetchExchange, subscriptionExchange({ forwardSubscription })] });
  const running = client.subscription(query, { after }).subscribe(({ data, error }) =>
    (error ? onEnd(error) : onChange(data.stanceChanged)));
  return () => running.unsubscribe();
}
