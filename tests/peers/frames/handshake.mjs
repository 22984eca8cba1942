// From the upgrade to `connection_ack`.

import assert from "node:assert/strict";
import { connect, dial, upgrade } from "../socket.mjs";
import { bearer } from "../target.mjs";

const PROTOCOL = "graphql-transport-ws";

export async function handshake(check, target) {
  for (const offer of [[PROTOCOL], ["graphql-ws", PROTOCOL], [PROTOCOL, "graphql-ws"], ["x", PROTOCOL, "y"]]) {
    await check(`${PROTOCOL} is selected from [${offer}]`, async () => {
      const socket = await dial(target.ws, { protocols: offer });
      assert.equal(socket.ws.protocol, PROTOCOL);
      socket.send({ type: "connection_init" });
      assert.deepEqual(await socket.next(), { type: "connection_ack" });
      socket.end();
    });
  }
  for (const offer of [null, "graphql-ws", "garbage", "GRAPHQL-TRANSPORT-WS", "graphql-ws, garbage"]) {
    await check(`4406 for the subprotocol ${offer}`, async () => {
      const { status, code, headers } = await upgrade(target.ws, { "sec-websocket-protocol": offer });
      assert.deepEqual({ status, code }, { status: 101, code: 4406 });
      // Clients fail the upgrade if none of their subprotocols is selected, and would not see the code.
      assert.equal(headers["sec-websocket-protocol"], offer?.split(",")[0], "the first offered subprotocol is selected");
    });
  }
  await check("the HTTP endpoint accepts sockets, too", async () => {
    (await connect(target.http.replace(/^http/, "ws"))).end();
  });
  await rejectedHandshakes(check, target);
  await origins(check, target);
  await initialisation(check, target);
  await authorisation(check, target);
}

async function rejectedHandshakes(check, target) {
  const headersWithProtocol = { "sec-websocket-protocol": PROTOCOL };
  await check("Sec-WebSocket-Version 12 is rejected", async () => {
    const { status } = await upgrade(target.ws, { ...headersWithProtocol, "sec-websocket-version": "12" });
    assert.ok(status >= 400 && status < 500, `${status}`);
  });
  await check("the error for a version names 13 (RFC 6455, 4.2.2)", async () => {
    const { headers } = await upgrade(target.ws, { ...headersWithProtocol, "sec-websocket-version": "12" });
    assert.equal(headers["sec-websocket-version"], "13");
  });
  await check("a handshake without Sec-WebSocket-Key is rejected", async () => {
    assert.equal((await upgrade(target.ws, { ...headersWithProtocol, "sec-websocket-key": null })).status, 400);
  });
  await check("a plain GET is rejected with 400 or 426", async () => {
    const { status } = await upgrade(target.ws, { connection: null, upgrade: null });
    assert.ok([400, 426].includes(status), `${status}`);
  });
  await check("POST is rejected with 405", async () => {
    const response = await fetch(target.ws.replace(/^ws/, "http"), { method: "POST" });
    assert.equal(response.status, 405);
  });
}

async function origins(check, target) {
  const { protocol, host } = new URL(target.ws.replace(/^ws/, "http"));
  for (const origin of ["http://evil.example", `http://${host}.evil.example`, "null"]) {
    await check(`the origin ${origin} may read, and no more than that`, async () => {
      const { status } = await upgrade(target.ws, { "sec-websocket-protocol": PROTOCOL, origin });
      assert.equal(status, 101);
    });
  }
  await check("the own origin is accepted", async () => {
    (await connect(target.ws, undefined, { origin: `${protocol}//${host}` })).end();
  });
}

async function initialisation(check, target) {
  for (const payload of [undefined, null, {}, { anything: [1] }]) {
    await check(`connection_init with the payload ${JSON.stringify(payload)} is acknowledged`, async () => {
      (await connect(target.ws, payload)).end();
    });
  }
  await check("4429 for a second connection_init", async () => {
    const socket = await connect(target.ws);
    socket.send({ type: "connection_init" });
    assert.deepEqual(await socket.closed(), { code: 4429, reason: "Too many initialisation requests" });
  });
  await check("4429 for two connection_inits at once", async () => {
    const socket = await dial(target.ws);
    socket.send({ type: "connection_init" });
    socket.send({ type: "connection_init" });
    assert.equal((await socket.closed()).code, 4429);
  });
  await check("4401 for subscribe before connection_init", async () => {
    const socket = await dial(target.ws);
    socket.send({ type: "subscribe", id: "1", payload: { query: "{ __typename }" } });
    assert.deepEqual(await socket.closed(), { code: 4401, reason: "Unauthorized" });
  });
  await check("ping is answered and complete is ignored before connection_init", async () => {
    const socket = await dial(target.ws);
    socket.send({ type: "complete", id: "1" });
    socket.send({ type: "ping" });
    assert.deepEqual(await socket.next(), { type: "pong" });
    socket.end();
  });
}

async function authorisation(check, target) {
  for (const token of ["Bearer unknown", "Basic eDp5", "unknown", ""]) {
    await check(`4403 for the Authorization "${token}" in connection_init`, async () => {
      const socket = await dial(target.ws);
      socket.send({ type: "connection_init", payload: { Authorization: token } });
      assert.deepEqual(await socket.closed(), { code: 4403, reason: "Forbidden" });
    });
  }
  await check("an Authorization that is not a string is rejected", async () => {
    const socket = await dial(target.ws);
    socket.send({ type: "connection_init", payload: { Authorization: 1 } });
    assert.ok([4400, 4403].includes((await socket.closed()).code));
  });
  await check("401 or 4403 for a bad Authorization header", async () => {
    const socket = await dial(target.ws, { headers: { authorization: "Bearer unknown" } }).catch((error) => error);
    if (socket instanceof Error) return assert.match(socket.message, /401/);
    socket.send({ type: "connection_init" });
    assert.equal((await socket.closed()).code, 4403);
  });
  for (const key of ["Authorization", "authorization"]) {
    await check(`a token as ${key} in connection_init`, async () => {
      const socket = await connect(target.ws, { [key]: bearer(target).authorization });
      assert.equal(await role(socket), "EDITOR");
    });
  }
  await check("a token in the Authorization header", async () => {
    assert.equal(await role(await connect(target.ws, undefined, { headers: bearer(target) })), "EDITOR");
  });
  await check("without a token the role is reader", async () => {
    assert.equal(await role(await connect(target.ws)), "READER");
  });
}

async function role(socket) {
  socket.send({ type: "subscribe", id: "1", payload: { query: "{ viewer { role } }" } });
  const { payload } = await socket.next();
  socket.end();
  return payload.data.viewer.role;
}
