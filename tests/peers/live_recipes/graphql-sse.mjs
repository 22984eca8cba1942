import { createClient } from "graphql-sse";
import { following } from "./following.mjs";

export function watch({ stream, query, variables, onAnswer, onEnd }) {
  const client = following(createClient({ url: stream, retryAttempts: Infinity }));
  return client.subscribe({ query, variables }, {
    next: ({ data, errors }) => (errors ? onEnd(errors) : onAnswer(data)),
    error: onEnd,
    complete: () => onEnd(),
  });
}
