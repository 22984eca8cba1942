// WebSocket client that stores all received frames in order, for checks of what was and was not received.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import http from "node:http";
import WebSocket from "ws";
import { brief, sleep, within } from "./check.mjs";

const PROTOCOL = "graphql-transport-ws";
const RESPONSE_TIMEOUT = 5_000; // ms for a response
const QUIET_PERIOD = 300; // ms without any message

/** Opens a socket and sends nothing. */
export async function dial(url, { protocols = [PROTOCOL], ...options } = {}) {
  const ws = new WebSocket(url, protocols, { perMessageDeflate: false, ...options });
  const received = { messages: [], pings: 0, pongs: [] };
  let wake = () => {};
  ws.on("open", () => wake());
  ws.on("message", (data, isBinary) => {
    received.messages.push(isBinary ? data : JSON.parse(data));
    wake();
  });
  ws.on("ping", () => { received.pings += 1; wake(); });
  ws.on("pong", (data) => { received.pongs.push(data.toString()); wake(); });
  ws.on("close", (code, reason) => { received.close = { code, reason: reason.toString() }; wake(); });
  ws.on("error", (error) => { received.error = error; wake(); });
  await until(() => ws.readyState === WebSocket.OPEN || received.error || received.close, "the upgrade");
  if (received.error) throw received.error;

  async function until(condition, what, ms = RESPONSE_TIMEOUT) {
    if (condition()) return;
    const reached = new Promise((resolve) => { wake = () => { if (condition()) resolve(); }; });
    await within(ms, reached, what).catch((error) => { throw new Error(`${error.message}; received ${brief(received)}`); });
  }

  return {
    ws,
    received,
    send: (message, options = {}) => ws.send(typeof message === "string" || Buffer.isBuffer(message) ? message : JSON.stringify(message), options),
    /** The next message that was not read yet. */
    async next(ms) {
      await until(() => received.messages.length > 0 || received.close, "the next message", ms);
      assert.ok(received.messages.length > 0, `closed with ${brief(received.close)} instead of a message`);
      return received.messages.shift();
    },
    async closed(ms) {
      await until(() => received.close, "the close", ms);
      return received.close;
    },
    async pinged(count, ms) {
      await until(() => received.pings >= count || received.close, `ping ${count}`, ms);
      assert.ok(received.pings >= count, `closed with ${brief(received.close)} instead of ping ${count}`);
    },
    async ponged() {
      await until(() => received.pongs.length > 0 || received.close, "a pong");
      return received.pongs.shift();
    },
    /** Checks that no message arrives and the socket stays open. */
    async quiet(ms = QUIET_PERIOD) {
      await sleep(ms);
      assert.deepEqual(received.messages, [], "no message was expected");
      assert.equal(received.close, undefined, "the socket should stay open");
    },
    end: () => ws.terminate(),
  };
}

/** Opens a connection and waits for connection_ack. */
export async function connect(url, payload, options) {
  const socket = await dial(url, options);
  socket.send(payload === undefined ? { type: "connection_init" } : { type: "connection_init", payload });
  assert.deepEqual(await socket.next(), { type: "connection_ack" });
  return socket;
}

/**
 * Sends a handshake and returns status, headers and, after a 101, the close frame if one follows immediately.
 * Headers with the value null are left out.
 */
export function upgrade(url, changes = {}) {
  const headers = {
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": randomBytes(16).toString("base64"),
    ...changes,
  };
  const presentHeaders = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== null));
  const request = http.get(url.replace(/^ws/, "http"), { headers: presentHeaders, agent: false });
  const response = new Promise((resolve, reject) => {
    request.on("error", reject);
    request.on("response", (response) => {
      response.resume();
      resolve({ status: response.statusCode, headers: response.headers });
    });
    request.on("upgrade", async (response, stream, head) => {
      let bytes = head;
      stream.on("data", (chunk) => { bytes = Buffer.concat([bytes, chunk]); }).on("error", () => {});
      await sleep(QUIET_PERIOD);
      stream.destroy();
      resolve({ status: 101, headers: response.headers, ...closeFrame(bytes) });
    });
  });
  return within(RESPONSE_TIMEOUT, response, "the handshake");
}

/** RFC 6455, 5.5.1: a close frame is short, and one from a server is not masked. */
function closeFrame(bytes) {
  if (bytes.length < 4 || bytes[0] !== 0x88 || bytes.length < 2 + bytes[1]) return undefined;
  return { code: bytes.readUInt16BE(2), reason: bytes.subarray(4, 2 + bytes[1]).toString() };
}
