// Queries by HTTP, subscriptions by `follow` of demarche-client: they go on behind their last event whatever happens.

import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, Observable } from "@apollo/client";
import { subscriptionClient } from "demarche-client";
import { possibleTypes, typePolicies } from "demarche-client/apollo";
import { print } from "graphql";

export function createClient(server: string): ApolloClient {
  const stream = subscriptionClient({ from: `${server}/graphql/stream` });
  const streamLink = new ApolloLink(({ query, variables }) =>
    new Observable((sink) => stream.subscribe({ query: print(query), variables }, sink)));
  const isSubscription = ({ operationType }: ApolloLink.Operation) => operationType === "subscription";
  return new ApolloClient({
    link: ApolloLink.split(isSubscription, streamLink, new HttpLink({ uri: `${server}/graphql` })),
    cache: new InMemoryCache({ possibleTypes, typePolicies }),
  });
}
