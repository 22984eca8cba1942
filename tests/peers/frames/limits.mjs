// What a socket takes before it refuses: README.md, Limits.

import assert from "node:assert/strict";
import { connect } from "../socket.mjs";
import { subject } from "../target.mjs";

const MESSAGE = 64 << 10; // bytes
const OPERATIONS = 20;

const ping = (length) => `{"type":"ping","payload":{"x":"${"x".repeat(length - 34)}"}}`; // 34 bytes without the letters

export async function limits(check, target) {
  await check(`a message of ${MESSAGE} bytes is heard`, async () => {
    const socket = await connect(target.ws);
    socket.say(ping(MESSAGE));
    assert.equal((await socket.next()).type, "pong");
  });
  await check(`1009 for a message of ${MESSAGE + 1} bytes`, async () => {
    const socket = await connect(target.ws);
    socket.say(ping(MESSAGE + 1));
    assert.equal((await socket.closed()).code, 1009);
  });
  await check("1009 for a message of 8 MB", async () => {
    const socket = await connect(target.ws);
    socket.say(ping(8 << 20));
    assert.equal((await socket.closed()).code, 1009);
  });
  await check("1009 for fragments that are too much together", async () => {
    const socket = await connect(target.ws);
    for (let n = 0; n < 8; n += 1) socket.say(" ".repeat(MESSAGE / 4), { fin: false });
    assert.equal((await socket.closed()).code, 1009);
  });
  await check(`operation ${OPERATIONS + 1} is refused by error, and the others go on`, async () => {
    const { filter, move } = await subject(target);
    const query = "subscription($filter: StanceChangeFilter) { stanceChanged(filter: $filter) { to } }";
    const socket = await connect(target.ws);
    const begin = (n) => socket.say({ type: "subscribe", id: `${n}`, payload: { query, variables: { filter } } });
    for (let n = 1; n <= OPERATIONS + 1; n += 1) begin(n);
    const { type, id, payload } = await socket.next();
    assert.deepEqual({ type, id }, { type: "error", id: `${OPERATIONS + 1}` });
    assert.ok(payload.length > 0 && payload[0].extensions.code, JSON.stringify(payload));
    socket.say({ type: "complete", id: "1" });
    begin(OPERATIONS + 1);
    await socket.quiet();
    await move();
    const heard = new Set();
    while (heard.size < OPERATIONS) heard.add((await socket.next()).id);
    assert.ok(!heard.has("1") && heard.has(`${OPERATIONS + 1}`));
    await socket.quiet();
  });
}
