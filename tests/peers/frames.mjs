// graphql-transport-ws frame by frame: PROTOCOL.md of `graphql-ws`, RFC 6455, and the documented limits.

import assert from "node:assert/strict";
import { handshake } from "./frames/handshake.mjs";
import { limits } from "./frames/limits.mjs";
import { messages } from "./frames/messages.mjs";
import { operations } from "./frames/operations.mjs";
import { timings } from "./frames/timings.mjs";
import { connect } from "./socket.mjs";

export default async function frames(check, target) {
  // Checks that wait for a timeout run concurrently with the others.
  const timingChecks = timings(check, target);
  await handshake(check, target);
  await messages(check, target);
  await operations(check, target);
  await limits(check, target);
  await timingChecks;
  await check("a query still works", async () => {
    const socket = await connect(target.ws);
    socket.send({ type: "subscribe", id: "1", payload: { query: "{ __typename }" } });
    assert.deepEqual(await socket.next(), { type: "next", id: "1", payload: { data: { __typename: "Query" } } });
  });
}
