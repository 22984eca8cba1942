// Clients that send nothing or read nothing, and shutdown of the server. Uses a second server with short durations if it
// can start one; otherwise it takes a minute, concurrently with the other checks.

import assert from "node:assert/strict";
import { sleep } from "../check.mjs";
import { limitOf, start } from "../server.mjs";
import { connect, dial } from "../socket.mjs";
import { ask } from "../target.mjs";

const SLACK = 5_000; // ms of tolerance for a busy machine
const LEDGER = "subscription { ledgerAppended { seq } }";
const SHORT = { "--init-timeout": "500ms", "--ping-interval": "300ms", "--send-timeout": "1s" };

export async function timings(check, target) {
  const server = target.binary && (await start(target.binary, SHORT));
  const { http, ws } = server ?? target;
  try {
    await Promise.all([
      silent(check, ws, limitOf(server, "--init-timeout", "10s")),
      pinged(check, ws, limitOf(server, "--ping-interval", "20s")),
      slow(check, { http, ws }, limitOf(server, "--send-timeout", "10s")),
    ]);
    if (server) await shutdown(check, server);
  } finally {
    await server?.stop();
  }
}

async function silent(check, ws, init) {
  const limit = init + 2 * SLACK;
  await Promise.all([
    check("4408 for no connection_init in time, and not before", async () => {
      const startedAt = Date.now();
      const socket = await dial(ws);
      const close = await socket.closed(limit);
      assert.deepEqual(close, { code: 4408, reason: "Connection initialisation timeout" });
      assert.ok(Date.now() - startedAt > init * 0.9, `after ${Date.now() - startedAt} ms`);
    }, limit),
    check("pings do not delay 4408", async () => {
      const socket = await dial(ws);
      const timer = setInterval(() => socket.send({ type: "ping" }), init / 5);
      const { code } = await socket.closed(limit).finally(() => clearInterval(timer));
      assert.equal(code, 4408);
    }, limit),
    check("an acknowledged socket stays open after that time", async () => {
      const socket = await connect(ws);
      await socket.quiet(init + 1000);
    }, limit),
  ]);
}

async function pinged(check, ws, ping) {
  const limit = 4 * ping + 2 * SLACK;
  await Promise.all([
    check("the server sends ping frames, and a client that answers stays connected", async () => {
      const socket = await connect(ws);
      await socket.pinged(3, limit);
      await socket.quiet();
    }, limit),
    check("a client that answers no ping is disconnected after two", async () => {
      const socket = await connect(ws, undefined, { autoPong: false });
      await socket.closed(3 * ping + SLACK);
      assert.equal(socket.received.pings, 2);
    }, limit),
    check("a client that answers no ping frame but sends messages stays connected", async () => {
      const socket = await connect(ws, undefined, { autoPong: false });
      const timer = setInterval(() => socket.send({ type: "pong" }), ping / 2);
      await socket.pinged(3, limit).finally(() => clearInterval(timer));
      assert.equal(socket.received.close, undefined);
    }, limit),
  ]);
}

/** A client that subscribes to the whole ledger many times and then stops reading. */
async function slow(check, target, send) {
  await check("a client that stops reading is disconnected without complete, and others are not affected", async () => {
    const { ledger } = await ask(target, "{ ledger { genesis { cursor } } }");
    const many = Array.from({ length: 20 }, (_, n) => `p${n}: payload`).join(" ");
    const query = `subscription($after: String) { ledgerAppended(after: $after) { ${many} } }`;
    const socket = await connect(target.ws);
    for (let n = 0; n < 20; n += 1) {
      socket.send({ type: "subscribe", id: `${n}`, payload: { query, variables: { after: ledger.genesis.cursor } } });
    }
    await socket.next();
    socket.ws.pause();
    const startedAt = Date.now();
    await ask(target, "{ ledger { head { seq } } }");
    assert.ok(Date.now() - startedAt < 2000, `another client waited ${Date.now() - startedAt} ms`);
    await sleep(send + 2000);
    socket.ws.resume();
    await socket.closed(SLACK);
    assert.deepEqual([...new Set(socket.received.messages.map(({ type }) => type))], ["next"]);
  }, send + 4 * SLACK);
}

async function shutdown(check, server) {
  await check("SIGTERM closes every socket with 1012 and sends no complete", async () => {
    const [fresh, idle, busy] = [await dial(server.ws), await connect(server.ws), await connect(server.ws)];
    busy.send({ type: "subscribe", id: "1", payload: { query: LEDGER } });
    await busy.quiet(200);
    server.terminate();
    for (const socket of [fresh, idle, busy]) {
      assert.equal((await socket.closed()).code, 1012);
      assert.deepEqual(socket.received.messages, []);
    }
  });
  await check("the server then exits with status 0", async () => {
    assert.deepEqual(await server.exited, { code: 0, signal: null });
  });
}
