import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { createClient } from "graphql-ws";
import { following } from "./following.mjs";

export function watch({ http, ws, webSocketImpl, query, variables, onAnswer, onEnd }) {
  const socket = following(createClient({ url: ws, webSocketImpl, retryAttempts: Infinity, shouldRetry: () => true }));
  const isStreamed = ({ operationType, query }) => operationType === "subscription"
    || query.definitions.some(({ directives }) => directives?.some(({ name }) => name.value === "live"));
  const client = new ApolloClient({
    link: ApolloLink.split(isStreamed, new GraphQLWsLink(socket), new HttpLink({ uri: http })),
    cache: new InMemoryCache(),
  });
  const running = client.watchQuery({ query: gql(query), variables }).subscribe({
    next: ({ data, error, dataState }) => {
      if (error) onEnd(error);
      else if (dataState === "complete") onAnswer(data);
    },
    error: onEnd,
  });
  return () => running.unsubscribe();
}
