import { createClient } from "graphql-ws";
import { resuming } from "./resuming.mjs";

export function watch({ ws, webSocketImpl, query, after, onChange, onEnd }) {
  const client = resuming(createClient({ url: ws, webSocketImpl, retryAttempts: Infinity, shouldRetry: () => true }));
  return client.subscribe({ query, variables: { after } }, {
    next: ({ data, errors }) => (errors ? onEnd(errors) : onChange(data.stanceChanged)),
    error: onEnd, // 1008, 1011, 4400, 4429, 4500: graphql-ws does not reconnect
    complete: () => onEnd(),
  });
}
