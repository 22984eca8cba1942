// For `InMemoryCache` of Apollo Client. An object with an `id` is stored once; `id` is unique over all types.

import { possibleTypes as table } from "./generated/tables.js";

type Mutable<T> = { [K in keyof T]: string[] };

export const possibleTypes: Mutable<typeof table> = Object.fromEntries(
  Object.entries(table).map(([name, types]) => [name, [...types]])) as Mutable<typeof table>;

/** There is one `Ledger` and one `Viewer`, so that fields of several queries are merged. */
export const typePolicies: Record<"Ledger" | "Viewer", { keyFields: string[] }> = {
  Ledger: { keyFields: [] },
  Viewer: { keyFields: [] },
};
