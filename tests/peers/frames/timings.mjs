// What happens when a peer says nothing, takes nothing, or the server ends. Uses a second server with short times where
// its options allow it; otherwise it takes a minute, beside the other checks.

import assert from "node:assert/strict";
import { sleep } from "../check.mjs";
import { limitOf, start } from "../server.mjs";
import { connect, dial } from "../socket.mjs";
import { ask } from "../target.mjs";

const SLACK = 5_000; // ms for a busy machine
const LEDGER = "subscription { ledgerAppended { seq } }";
const SHORT = { "--init-timeout": "500ms", "--ping-interval": "300ms", "--send-timeout": "1s" };

export async function timings(check, target) {
  const server = target.binary && (await start(target.binary, SHORT));
  const { http, ws } = server ?? target;
  try {
    await Promise.all([
      silent(check, ws, limitOf(server, "--init-timeout", "10s")),
      pinged(check, ws, limitOf(server, "--ping-interval", "20s")),
      stalled(check, { http, ws }, limitOf(server, "--send-timeout", "10s")),
    ]);
    if (server) await ending(check, server);
  } finally {
    await server?.stop();
  }
}

async function silent(check, ws, init) {
  const limit = init + 2 * SLACK;
  await Promise.all([
    check("4408 for no connection_init in time, and not before", async () => {
      const begun = Date.now();
      const socket = await dial(ws);
      const close = await socket.closed(limit);
      assert.deepEqual(close, { code: 4408, reason: "Connection initialisation timeout" });
      assert.ok(Date.now() - begun > init * 0.9, `after ${Date.now() - begun} ms`);
    }, limit),
    check("pings do not put 4408 off", async () => {
      const socket = await dial(ws);
      const talk = setInterval(() => socket.say({ type: "ping" }), init / 5);
      const { code } = await socket.closed(limit).finally(() => clearInterval(talk));
      assert.equal(code, 4408);
    }, limit),
    check("an acknowledged socket outlives that time", async () => {
      const socket = await connect(ws);
      await socket.quiet(init + 1000);
    }, limit),
  ]);
}

async function pinged(check, ws, ping) {
  const limit = 4 * ping + 2 * SLACK;
  await Promise.all([
    check("the server sends ping frames, and a peer that answers stays", async () => {
      const socket = await connect(ws);
      await socket.pinged(3, limit);
      await socket.quiet();
    }, limit),
    check("a peer that answers no ping is dropped after two", async () => {
      const socket = await connect(ws, undefined, { autoPong: false });
      await socket.closed(3 * ping + SLACK);
      assert.equal(socket.heard.pings, 2);
    }, limit),
    check("a peer that answers no ping frame and talks stays", async () => {
      const socket = await connect(ws, undefined, { autoPong: false });
      const talk = setInterval(() => socket.say({ type: "pong" }), ping / 2);
      await socket.pinged(3, limit).finally(() => clearInterval(talk));
      assert.equal(socket.heard.close, undefined);
    }, limit),
  ]);
}

/** A peer that asks for the whole ledger many times over and then stops reading. */
async function stalled(check, target, send) {
  await check("a peer that takes nothing is cut without complete, and others do not feel it", async () => {
    const { ledger } = await ask(target, "{ ledger { genesis { cursor } } }");
    const many = Array.from({ length: 20 }, (_, n) => `p${n}: payload`).join(" ");
    const query = `subscription($after: String) { ledgerAppended(after: $after) { ${many} } }`;
    const socket = await connect(target.ws);
    for (let n = 0; n < 20; n += 1) {
      socket.say({ type: "subscribe", id: `${n}`, payload: { query, variables: { after: ledger.genesis.cursor } } });
    }
    await socket.next();
    socket.ws.pause();
    const begun = Date.now();
    await ask(target, "{ ledger { head { seq } } }");
    assert.ok(Date.now() - begun < 2000, `another waited ${Date.now() - begun} ms`);
    await sleep(send + 2000);
    socket.ws.resume();
    await socket.closed(SLACK);
    assert.deepEqual([...new Set(socket.heard.messages.map(({ type }) => type))], ["next"]);
  }, send + 4 * SLACK);
}

async function ending(check, server) {
  await check("SIGTERM closes every socket with 1012 and completes nothing", async () => {
    const [fresh, idle, busy] = [await dial(server.ws), await connect(server.ws), await connect(server.ws)];
    busy.say({ type: "subscribe", id: "1", payload: { query: LEDGER } });
    await busy.quiet(200);
    server.terminate();
    for (const socket of [fresh, idle, busy]) {
      assert.equal((await socket.closed()).code, 1012);
      assert.deepEqual(socket.heard.messages, []);
    }
  });
  await check("the server then ends by itself with status 0", async () => {
    assert.deepEqual(await server.ended, { code: 0, signal: null });
  });
}
