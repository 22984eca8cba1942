export { follow, FollowError, subscriptionClient } from "./follow.js";
export type { Event, FollowOptions, SubscriptionClient } from "./follow.js";
export * from "./generated/documents.js";
export { possibleTypes, scalars } from "./generated/tables.js";
/** Every type of the schema, for example `Schema.Country`. */
export type * as Schema from "./generated/schema.js";
