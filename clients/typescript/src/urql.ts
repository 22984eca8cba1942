// For `cacheExchange` of urql's Graphcache.

import { embeddedTypes } from "./generated/tables.js";

/** Types without an `id` are stored inside of the object that has them. All others have the key `id`, Graphcache's default. */
export const keys: Record<string, () => null> = Object.fromEntries(embeddedTypes.map((type) => [type, () => null]));
