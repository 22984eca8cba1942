import { createClient } from "graphql-ws";
import { following } from "./following.mjs";

export function watch({ ws, webSocketImpl, query, variables, onAnswer, onEnd }) {
  const client = following(createClient({ url: ws, webSocketImpl, retryAttempts: Infinity, shouldRetry: () => true }));
  return client.subscribe({ query, variables }, {
    next: ({ data, errors }) => (errors ? onEnd(errors) : onAnswer(data)),
    error: onEnd,
    complete: () => onEnd(),
  });
}
