import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { createClient } from "graphql-ws";
import { resuming } from "./resuming.mjs";

export function watch({ http, ws, webSocketImpl, query, after, onChange, onEnd }) {
  const socket = resuming(createClient({ url: ws, webSocketImpl, retryAttempts: Infinity, shouldRetry: () => true }));
  const isSubscription = ({ operationType }) => operationType === "subscription";
  const client = new ApolloClient({
    link: ApolloLink.split(isSubscription, new GraphQLWsLink(socket), new HttpLink({ uri: http })),
    cache: new InMemoryCache(),
  });
  const running = client.subscribe({ query: gql(query), variables: { after } }).subscribe({
    next: ({ data, error }) => (error ? onEnd(error) : onChange(data.stanceChanged)),
    error: onEnd,
    complete: () => onEnd(),
  });
  return () => running.unsubscribe();
}
