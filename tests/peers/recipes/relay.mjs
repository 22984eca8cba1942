import { createClient } from "graphql-ws";
import relay from "relay-runtime";
import { resuming } from "./resuming.mjs";

/** `subscription` is what relay-compiler makes of the tagged document. */
export function watch({ http, ws, webSocketImpl, subscription, after, onChange, onEnd }) {
  const socket = resuming(createClient({ url: ws, webSocketImpl, retryAttempts: Infinity, shouldRetry: () => true }));
  const query = async ({ text }, variables) => {
    const headers = { "content-type": "application/json" };
    return (await fetch(http, { method: "POST", headers, body: JSON.stringify({ query: text, variables }) })).json();
  };
  const subscribe = ({ name, text }, variables) =>
    relay.Observable.create((sink) => socket.subscribe({ operationName: name, query: text, variables }, sink));
  const environment = new relay.Environment({
    network: relay.Network.create(query, subscribe),
    store: new relay.Store(new relay.RecordSource()),
  });
  const running = relay.requestSubscription(environment, {
    subscription,
    variables: { after },
    onNext: (data) => onChange(data.stanceChanged),
    onError: onEnd,
    onCompleted: () => onEnd(),
  });
  return () => running.dispose();
}
