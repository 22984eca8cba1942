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

export function urql({ http, ws }) {
  const socket = wsClient(ws);
  const forwardSubscription = (request) => ({
    subscribe: (sink) => ({ unsubscribe: socket.subscribe({ ...request, query: request.query ?? "" }, sink) }),
  });
  const client = new Client({ url: http, exchanges: [cacheExchange, fetchExchange, subscriptionExchange({ forwardSubscription })] });
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
