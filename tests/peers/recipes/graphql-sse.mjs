import { createClient } from "graphql-sse";
import { resuming } from "./resuming.mjs";

export function watch({ stream, query, after, onChange, onEnd }) {
  const client = resuming(createClient({ url: stream, retryAttempts: Infinity }));
  return client.subscribe({ query, variables: { after } }, {
    next: ({ data, errors }) => (errors ? onEnd(errors) : onChange(data.stanceChanged)),
    error: onEnd,
    complete: () => onEnd(),
  });
}
