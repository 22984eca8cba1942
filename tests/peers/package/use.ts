// What a front end does with the package. It is type-checked against the packed files, and run.

import { ApolloClient, HttpLink, InMemoryCache } from "@apollo/client";
import { Client, fetchExchange } from "@urql/core";
import { cacheExchange } from "@urql/exchange-graphcache";
import { CountryDocument, follow, HeadDocument, InitiativesDocument, PositionsDocument, RelationshipsDocument, StanceChangedDocument, StatementRevisedDocument } from "demarche-client";
import type { CountryQuery, Event, Schema, StanceChangedSubscription, SubscriptionClient } from "demarche-client";
import { possibleTypes, typePolicies } from "demarche-client/apollo";
import { scalars } from "demarche-client/codegen";
import { keys } from "demarche-client/urql";
import { createClient } from "graphql-ws";
import { WebSocket } from "ws";

export { FollowError } from "demarche-client";

/** The code of a country: an alpha-2 code. */
export type Code = string;

export const apollo = (uri: string) =>
  new ApolloClient({ link: new HttpLink({ uri }), cache: new InMemoryCache({ possibleTypes, typePolicies }) });

export const urql = (url: string) =>
  new Client({ url, exchanges: [cacheExchange({ keys }), fetchExchange], preferGetMethod: false });

/** Data of every query of the package, through Apollo Client: the names of their first things. */
export async function queries(client: ReturnType<typeof apollo>, code: Code): Promise<(string | undefined)[]> {
  const head = await client.query({ query: HeadDocument });
  const initiatives = await client.query({ query: InitiativesDocument });
  const page = await client.query({ query: RelationshipsDocument, variables: { filter: { stance: ["AGREED"] }, first: 1 } });
  const then = await client.query({ query: PositionsDocument, variables: { at: { validOn: "2025-07-01" }, first: 1 } });
  const country = await client.query({ query: CountryDocument, variables: { code } });
  return [head.data?.ledger.head?.cursor, initiatives.data?.initiatives[0]?.slug,
    page.data?.relationships.nodes[0]?.requestedState.name, then.data?.relationships.nodes[0]?.position.stance, country.data?.country?.name];
}

/** The stance in the cache of Apollo Client after the next event was written to it. */
export async function stanceAfter(
  client: ReturnType<typeof apollo>, from: string, after: string, filter: Schema.StanceChangeFilter, code: Code, initiative: string,
): Promise<Schema.Stance | undefined> {
  const document = client.cache.transformDocument(StanceChangedDocument) as typeof StanceChangedDocument;
  for await (const { data } of follow(document, { from, after, variables: { filter } })) {
    client.cache.writeQuery({ query: StanceChangedDocument, data });
    break;
  }
  return stanceIn(client.cache.readQuery({ query: CountryDocument, variables: { code } }), initiative);
}

export async function urqlStance(client: ReturnType<typeof urql>, code: Code, initiative: string): Promise<Schema.Stance | undefined> {
  const { data, error } = await client.query(CountryDocument, { code });
  if (error) throw error;
  return stanceIn(data, initiative);
}

const stanceIn = (data: CountryQuery | null | undefined, initiative: string): Schema.Stance | undefined =>
  data?.country?.relationships.nodes.find((relationship) => relationship.initiative.slug === initiative)?.stance;

export const socket = (url: string): SubscriptionClient =>
  createClient({ url, webSocketImpl: WebSocket, retryAttempts: 2, retryWait: () => new Promise((resolve) => setTimeout(resolve, 100)) });

export async function changes(
  from: string | SubscriptionClient, after: string, filter: Schema.StanceChangeFilter, signal: AbortSignal,
  onChange: (event: Event<StanceChangedSubscription>) => void,
): Promise<void> {
  for await (const event of follow(StanceChangedDocument, { from, after, variables: { filter }, signal })) onChange(event);
}

/** The kinds of what an entry did to the statements. */
export async function firstRevision(from: string, after: string, statements: string[]): Promise<string[]> {
  for await (const { data } of follow(StatementRevisedDocument, { from, after, variables: { statements } })) {
    return data.statementRevised.map(({ kind }) => kind);
  }
  return [];
}

export const date: (typeof scalars)["Edtf"] = "string";

// @ts-expect-error: no such stance
export const wrong: Schema.Stance = "NOWHERE";

// @ts-expect-error: `after` is required
export const lost = () => follow(StanceChangedDocument, { from: "http://127.0.0.1/graphql/stream" });
