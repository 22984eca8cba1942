// graphql-transport-ws frame by frame: PROTOCOL.md of `graphql-ws`, RFC 6455, and the limits that our README promises.

import assert from "node:assert/strict";
import { handshake } from "./frames/handshake.mjs";
import { limits } from "./frames/limits.mjs";
import { messages } from "./frames/messages.mjs";
import { operations } from "./frames/operations.mjs";
import { timings } from "./frames/timings.mjs";
import { connect } from "./socket.mjs";

export default async function frames(check, target) {
  // What waits for a timeout runs beside the rest.
  const waiting = timings(check, target);
  await handshake(check, target);
  await messages(check, target);
  await operations(check, target);
  await limits(check, target);
  await waiting;
  await check("a query is still answered", async () => {
    const socket = await connect(target.ws);
    socket.say({ type: "subscribe", id: "1", payload: { query: "{ __typename }" } });
    assert.deepEqual(await socket.next(), { type: "next", id: "1", payload: { data: { __typename: "Query" } } });
  });
}
