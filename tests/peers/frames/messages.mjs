// Messages that violate the protocol, and messages that do not belong to an operation: pings, pongs and fragments.

import assert from "node:assert/strict";
import { connect, dial } from "../socket.mjs";

const query = "{ __typename }";
const MAX_REASON_BYTES = 123; // bytes that a close frame may contain after its code (RFC 6455, 5.5)

const INVALID = {
  "text that is not JSON": "{",
  "an empty text": "",
  "text after the JSON": '{"type":"ping"}{"type":"ping"}',
  "null": "null",
  "a number": "1",
  "a string": '"ping"',
  "an array": [{ type: "ping" }],
  "no type": { id: "1", payload: { query } },
  "an unknown type": { type: "hello" },
  "a type that is not a string": { type: 1 },
  "a type in capitals": { type: "PING" },
  "start of subscriptions-transport-ws": { type: "start", id: "1", payload: { query } },
  "stop of subscriptions-transport-ws": { type: "stop", id: "1" },
  "connection_terminate of subscriptions-transport-ws": { type: "connection_terminate" },
  "subscribe without an id": { type: "subscribe", payload: { query } },
  "subscribe with an empty id": { type: "subscribe", id: "", payload: { query } },
  "subscribe with a number for an id": { type: "subscribe", id: 1, payload: { query } },
  "subscribe with null for an id": { type: "subscribe", id: null, payload: { query } },
  "subscribe without a payload": { type: "subscribe", id: "1" },
  "subscribe with null for a payload": { type: "subscribe", id: "1", payload: null },
  "subscribe with a string for a payload": { type: "subscribe", id: "1", payload: query },
  "subscribe with an array for a payload": { type: "subscribe", id: "1", payload: [query] },
  "subscribe without a query": { type: "subscribe", id: "1", payload: {} },
  "subscribe with a number for a query": { type: "subscribe", id: "1", payload: { query: 1 } },
  "subscribe with a number for an operationName": { type: "subscribe", id: "1", payload: { query, operationName: 1 } },
  "subscribe with a string for variables": { type: "subscribe", id: "1", payload: { query, variables: "{}" } },
  "subscribe with an array for variables": { type: "subscribe", id: "1", payload: { query, variables: [] } },
  "subscribe with a string for extensions": { type: "subscribe", id: "1", payload: { query, extensions: "x" } },
  "complete without an id": { type: "complete" },
  "complete with an empty id": { type: "complete", id: "" },
  "complete with a number for an id": { type: "complete", id: 1 },
  "ping with a string for a payload": { type: "ping", payload: "x" },
  "ping with an array for a payload": { type: "ping", payload: [] },
  "pong with a string for a payload": { type: "pong", payload: "x" },
  "pong with an array for a payload": { type: "pong", payload: [] },
  "connection_ack, which only servers may send": { type: "connection_ack" },
  "next, which only servers may send": { type: "next", id: "1", payload: { data: {} } },
  "error, which only servers may send": { type: "error", id: "1", payload: [{ message: "x" }] },
  "10,000 nested arrays": `{"type":"ping","payload":{"x":${"[".repeat(10_000)}${"]".repeat(10_000)}}}`,
};

const PAYLOADS = ["a string", "an array", "a number"];

export async function messages(check, target) {
  for (const [name, message] of Object.entries(INVALID)) {
    await check(`4400 for ${name}`, async () => {
      const socket = await connect(target.ws);
      socket.send(message);
      assert.equal((await socket.closed()).code, 4400);
      assert.deepEqual(socket.received.messages, []);
    });
  }
  for (const [n, payload] of ["x", [], 1].entries()) {
    await check(`4400 for connection_init with ${PAYLOADS[n]} for a payload`, async () => {
      const socket = await dial(target.ws);
      socket.send({ type: "connection_init", payload });
      assert.equal((await socket.closed()).code, 4400);
    });
  }
  await check("4400 before connection_init", async () => {
    const socket = await dial(target.ws);
    socket.send("{");
    assert.equal((await socket.closed()).code, 4400);
  });
  await check("4400 for a binary frame", async () => {
    const socket = await connect(target.ws);
    socket.send(Buffer.from('{"type":"ping"}'), { binary: true });
    assert.equal((await socket.closed()).code, 4400);
  });
  await reasons(check, target);
  await pings(check, target);
  await frames(check, target);
}

async function reasons(check, target) {
  for (const letter of ["x", "é", "😀"]) {
    const long = letter.repeat(10_000 / Buffer.byteLength(letter));
    await check(`the reason fits into a frame after a type of 10 kB of ${letter}`, async () => {
      const socket = await connect(target.ws);
      socket.send({ type: long });
      const { code, reason } = await socket.closed();
      assert.equal(code, 4400);
      assert.ok(Buffer.byteLength(reason) <= MAX_REASON_BYTES && !reason.includes("\ufffd"), reason);
    });
    await check(`an id of 10 kB of ${letter} is rejected with a reason that fits into a frame`, async () => {
      const socket = await connect(target.ws);
      socket.send({ type: "subscribe", id: long, payload: { query: "{ __typename }" } });
      const { code, reason } = await socket.closed();
      assert.equal(code, 4400);
      assert.ok(Buffer.byteLength(reason) <= MAX_REASON_BYTES, reason);
    });
    await check(`the reason fits into a frame after the longest id of ${letter} twice`, async () => {
      const socket = await connect(target.ws);
      const id = letter.repeat(200 / Buffer.byteLength(letter)); // the server's limit
      const subscribe = { type: "subscribe", id, payload: { query: "subscription { ledgerAppended { seq } }" } };
      socket.send(subscribe);
      socket.send(subscribe);
      const { code, reason } = await socket.closed();
      assert.equal(code, 4409);
      assert.ok(Buffer.byteLength(reason) <= MAX_REASON_BYTES && !reason.includes("\ufffd"), reason);
    });
  }
}

async function pings(check, target) {
  await check("ping is answered by pong", async () => {
    const socket = await connect(target.ws);
    socket.send({ type: "ping" });
    assert.deepEqual(await socket.next(), { type: "pong" });
    socket.send({ type: "ping", payload: null });
    assert.equal((await socket.next()).type, "pong");
  });
  await check("pong carries the payload of the ping", async () => {
    const socket = await connect(target.ws);
    socket.send({ type: "ping", payload: { at: 1, deep: [{}] } });
    assert.deepEqual(await socket.next(), { type: "pong", payload: { at: 1, deep: [{}] } });
  });
  await check("an unsolicited pong is ignored", async () => {
    const socket = await connect(target.ws);
    for (const payload of [undefined, null, { x: 1 }]) socket.send({ type: "pong", payload });
    await socket.quiet();
  });
  await check("a ping frame is answered by a pong frame with its bytes", async () => {
    const socket = await connect(target.ws);
    socket.ws.ping("there?");
    assert.equal(await socket.ponged(), "there?");
  });
}

async function frames(check, target) {
  await check("a text in fragments, with a ping between them, is one message", async () => {
    const socket = await connect(target.ws);
    socket.send('{"type":', { fin: false });
    socket.ws.ping("between");
    socket.send('"pi', { fin: false });
    socket.send('ng"}', { fin: true });
    assert.deepEqual(await socket.next(), { type: "pong" });
    assert.equal(await socket.ponged(), "between");
  });
  await check("a letter may be cut between fragments", async () => {
    const socket = await connect(target.ws);
    const bytes = Buffer.from('{"type":"ping","payload":{"x":"é"}}');
    const cut = bytes.indexOf("é") + 1;
    socket.send(bytes.subarray(0, cut), { binary: false, fin: false });
    socket.send(bytes.subarray(cut), { binary: false, fin: true });
    assert.deepEqual(await socket.next(), { type: "pong", payload: { x: "é" } });
  });
  await check("1007 for a text that is not UTF-8", async () => {
    const socket = await connect(target.ws);
    socket.send(Buffer.from([0x22, 0xc3, 0x28, 0x22]), { binary: false });
    assert.equal((await socket.closed()).code, 1007);
  });
  await check("1002 for a frame that is not masked", async () => {
    const socket = await connect(target.ws);
    socket.send({ type: "ping" }, { mask: false });
    assert.equal((await socket.closed()).code, 1002);
  });
  await check("a client's close is answered with its code", async () => {
    const socket = await connect(target.ws);
    socket.ws.close(1000, "done");
    assert.equal((await socket.closed()).code, 1000);
  });
}
