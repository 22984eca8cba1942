import { createClient } from "graphql-ws";
import relay from "relay-runtime";
import { following } from "./following.mjs";

/** `request` is what relay-compiler makes of the tagged document. */
export function watch({ ws, webSocketImpl, request, variables, onAnswer, onEnd }) {
  const socket = following(createClient({ url: ws, webSocketImpl, retryAttempts: Infinity, shouldRetry: () => true }));
  const fetchLive = ({ name, text }, variables) =>
    relay.Observable.create((sink) => socket.subscribe({ operationName: name, query: text, variables }, sink));
  const environment = new relay.Environment({
    network: relay.Network.create(fetchLive), // send other queries with `fetch`, by `text.includes("@live")`
    store: new relay.Store(new relay.RecordSource()),
  });
  const running = relay.fetchQuery(environment, request, variables).subscribe({
    next: onAnswer,
    error: onEnd,
    complete: () => onEnd(),
  });
  return () => running.unsubscribe();
}
