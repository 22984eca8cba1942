// Limits of a socket (docs/configuration.md).

import assert from "node:assert/strict";
import { connect } from "../socket.mjs";
import { subject } from "../target.mjs";

const MAX_MESSAGE_BYTES = 64 << 10; // bytes
const MAX_OPERATIONS = 20;

const ping = (length) => `{"type":"ping","payload":{"x":"${"x".repeat(length - 34)}"}}`; // 34 bytes plus the text

export async function limits(check, target) {
  await check(`a message of ${MAX_MESSAGE_BYTES} bytes is accepted`, async () => {
    const socket = await connect(target.ws);
    socket.send(ping(MAX_MESSAGE_BYTES));
    assert.equal((await socket.next()).type, "pong");
  });
  await check(`1009 for a message of ${MAX_MESSAGE_BYTES + 1} bytes`, async () => {
    const socket = await connect(target.ws);
    socket.send(ping(MAX_MESSAGE_BYTES + 1));
    assert.equal((await socket.closed()).code, 1009);
  });
  await check("1009 for a message of 8 MB", async () => {
    const socket = await connect(target.ws);
    socket.send(ping(8 << 20));
    assert.equal((await socket.closed()).code, 1009);
  });
  await check("1009 for fragments that are too large in total", async () => {
    const socket = await connect(target.ws);
    for (let n = 0; n < 8; n += 1) socket.send(" ".repeat(MAX_MESSAGE_BYTES / 4), { fin: false });
    assert.equal((await socket.closed()).code, 1009);
  });
  await check(`operation ${MAX_OPERATIONS + 1} is rejected with an error, and the others continue`, async () => {
    const { filter, move } = await subject(target);
    const query = "subscription($filter: StanceChangeFilter) { stanceChanged(filter: $filter) { to } }";
    const socket = await connect(target.ws);
    const start = (n) => socket.send({ type: "subscribe", id: `${n}`, payload: { query, variables: { filter } } });
    for (let n = 1; n <= MAX_OPERATIONS + 1; n += 1) start(n);
    const { type, id, payload } = await socket.next();
    assert.deepEqual({ type, id }, { type: "error", id: `${MAX_OPERATIONS + 1}` });
    assert.ok(payload.length > 0 && payload[0].extensions.code, JSON.stringify(payload));
    socket.send({ type: "complete", id: "1" });
    start(MAX_OPERATIONS + 1);
    await socket.quiet();
    await move();
    const ids = new Set();
    while (ids.size < MAX_OPERATIONS) ids.add((await socket.next()).id);
    assert.ok(!ids.has("1") && ids.has(`${MAX_OPERATIONS + 1}`));
    await socket.quiet();
  });
}
