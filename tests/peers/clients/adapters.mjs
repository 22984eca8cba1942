// A common interface for all clients: `query(name, variables)` returns the data; `subscribe(name, variables, sink)` calls
// `sink.next(data)` and `sink.end(error)` and returns a function that unsubscribes. Built-in retries are disabled.

import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { cacheExchange, Client, fetchExchange, subscriptionExchange } from "@urql/core";
import { createClient as createSseClient } from "graphql-sse";
import { createClient as createWsClient } from "graphql-ws";
import relay from "relay-runtime";
import WebSocket from "ws";
import { documents } from "./documents.js";

const wsClient = (ws) => createWsClient({ url: ws, webSocketImpl: WebSocket, retryAttempts: 0 });

export function graphqlWs({ ws }) {
  return ofSinks(wsClient(ws));
}

export function graphqlSse({ stream }) {
  return ofSinks(createSseClient({ url: stream, retryAttempts: 0 }));
}

/** graphql-ws and graphql-sse take the same request and sink. */
export function ofSinks(client) {
  const subscribe = (name, variables, { next, end }) =>
    client.subscribe({ query: documents[name], variables }, {
      next: ({ data, errors }) => (errors ? end(new Error(JSON.stringify(errors))) : next(data)),
      error: end,
      complete: () => end(),
    });
  return { query: (name, variables) => first(subscribe, name, variables), subscribe };
}

const first = (subscribe, name, variables) => new Promise((resolve, reject) => {
  subscribe(name, variables, { next: resolve, end: (error) => reject(error ?? new Error("no response")) });
});

export function apollo({ http, ws }) {
  const isSubscription = ({ operationType }) => operationType === "subscription";
  const link = ApolloLink.split(isSubscription, new GraphQLWsLink(wsClient(ws)), new HttpLink({ uri: http }));
  return ofApollo(link);
}

function ofApollo(link) {
  const client = new ApolloClient({ link, cache: new InMemoryCache() });
  return {
    query: async (name, variables) => (await client.query({ query: gql(documents[name]), variables })).data,
    subscribe(name, variables, { next, end }) {
      const running = client.subscribe({ query: gql(documents[name]), variables }).subscribe({
        next: ({ data, error }) => (error ? end(error) : next(data)),
        error: end,
        complete: () => end(),
      });
      return () => running.unsubscribe();
    },
  };
}

/** Without a second link: subscriptions over HTTP in multipart. */
export function apolloHttp({ http }) {
  return ofApollo(new HttpLink({ uri: http }));
}

/** Without a second exchange: subscriptions over HTTP as server-sent events. */
export function urqlFetch({ http }) {
  return ofUrql(new Client({ url: http, exchanges: [cacheExchange, fetchExchange], fetchSubscriptions: true }));
}

/** No library: JSON Lines by `fetch`. */
export function jsonLines({ http }) {
  async function run(request, signal, { next, end }) {
    const headers = { "content-type": "application/json", accept: "application/jsonl" };
    const response = await fetch(http, { method: "POST", headers, body: JSON.stringify(request), signal });
    if (!response.ok) return end(new Error(await response.text()));
    let text = "";
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      const lines = (text + chunk).split("\n");
      text = lines.pop();
      for (const { data, errors } of lines.map((line) => JSON.parse(line))) {
        if (errors) return end(new Error(JSON.stringify(errors)));
        if (data) next(data); // a line without data is a heartbeat
      }
    }
    end();
  }
  const subscribe = (name, variables, sink) => {
    const controller = new AbortController();
    run({ query: documents[name], variables }, controller.signal, sink).catch(sink.end);
    return () => controller.abort();
  };
  return { query: (name, variables) => first(subscribe, name, variables), subscribe };
}

export function urql({ http, ws }) {
  const socket = wsClient(ws);
  const forwardSubscription = (request) => ({
    subscribe: (sink) => ({ unsubscribe: socket.subscribe({ ...request, query: request.query ?? "" }, sink) }),
  });
  return ofUrql(new Client({ url: http, exchanges: [cacheExchange, fetchExchange, subscriptionExchange({ forwardSubscription })] }));
}

function ofUrql(client) {
  return {
    async query(name, variables) {
      const { data, error } = await client.query(documents[name], variables).toPromise();
      if (error) throw error;
      return data;
    },
    subscribe(name, variables, { next, end }) {
      const running = client.subscription(documents[name], variables).subscribe(({ data, error }) => (error ? end(error) : next(data)));
      return () => running.unsubscribe();
    },
  };
}

/** Uses the documents compiled by relay-compiler. */
export function relayModern({ http, ws }) {
  const socket = wsClient(ws);
  const execute = async ({ text }, variables) => {
    const response = await fetch(http, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/graphql-response+json, application/json" },
      body: JSON.stringify({ query: text, variables }),
    });
    return response.json();
  };
  const subscribe = ({ name, text }, variables) =>
    relay.Observable.create((sink) => socket.subscribe({ operationName: name, query: text, variables }, sink));
  const environment = new relay.Environment({
    network: relay.Network.create(execute, subscribe),
    store: new relay.Store(new relay.RecordSource()),
  });
  const compiled = async (name) => (await import(`../generated/relay/${name}.graphql.js`)).default;
  return {
    query: async (name, variables) => relay.fetchQuery(environment, await compiled(name), variables).toPromise(),
    subscribe(name, variables, { next, end }) {
      const running = compiled(name).then((subscription) =>
        relay.requestSubscription(environment, { subscription, variables, onNext: next, onError: end, onCompleted: () => end() }));
      return () => running.then((request) => request.dispose());
    },
  };
}
