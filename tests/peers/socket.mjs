// A WebSocket that keeps every frame it was sent, in order, so that a check can ask what came and what did not.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import http from "node:http";
import WebSocket from "ws";
import { brief, sleep, within } from "./check.mjs";

const PROTOCOL = "graphql-transport-ws";
const PATIENCE = 5_000; // ms for an answer
const QUIET = 300; // ms in which nothing must come

/** An open socket. Nothing was said on it yet. */
export async function dial(url, { protocols = [PROTOCOL], ...options } = {}) {
  const ws = new WebSocket(url, protocols, { perMessageDeflate: false, ...options });
  const heard = { messages: [], pings: 0, pongs: [] };
  let wake = () => {};
  ws.on("open", () => wake());
  ws.on("message", (data, isBinary) => {
    heard.messages.push(isBinary ? data : JSON.parse(data));
    wake();
  });
  ws.on("ping", () => { heard.pings += 1; wake(); });
  ws.on("pong", (data) => { heard.pongs.push(data.toString()); wake(); });
  ws.on("close", (code, reason) => { heard.close = { code, reason: reason.toString() }; wake(); });
  ws.on("error", (error) => { heard.error = error; wake(); });
  await until(() => ws.readyState === WebSocket.OPEN || heard.error || heard.close, "the upgrade");
  if (heard.error) throw heard.error;

  async function until(condition, what, ms = PATIENCE) {
    if (condition()) return;
    const met = new Promise((resolve) => { wake = () => { if (condition()) resolve(); }; });
    await within(ms, met, what).catch((error) => { throw new Error(`${error.message}; heard ${brief(heard)}`); });
  }

  return {
    ws,
    heard,
    say: (message, options = {}) => ws.send(typeof message === "string" || Buffer.isBuffer(message) ? message : JSON.stringify(message), options),
    /** The next message that nobody asked for yet. */
    async next(ms) {
      await until(() => heard.messages.length > 0 || heard.close, "the next message", ms);
      assert.ok(heard.messages.length > 0, `closed with ${brief(heard.close)} instead of a message`);
      return heard.messages.shift();
    },
    async closed(ms) {
      await until(() => heard.close, "the close", ms);
      return heard.close;
    },
    async pinged(count, ms) {
      await until(() => heard.pings >= count || heard.close, `ping ${count}`, ms);
      assert.ok(heard.pings >= count, `closed with ${brief(heard.close)} instead of ping ${count}`);
    },
    async ponged() {
      await until(() => heard.pongs.length > 0 || heard.close, "a pong");
      return heard.pongs.shift();
    },
    /** Nothing more comes, and the socket stays open. */
    async quiet(ms = QUIET) {
      await sleep(ms);
      assert.deepEqual(heard.messages, [], "nothing was due");
      assert.equal(heard.close, undefined, "the socket should stay open");
    },
    end: () => ws.terminate(),
  };
}

/** An acknowledged connection. */
export async function connect(url, payload, options) {
  const socket = await dial(url, options);
  socket.say(payload === undefined ? { type: "connection_init" } : { type: "connection_init", payload });
  assert.deepEqual(await socket.next(), { type: "connection_ack" });
  return socket;
}

/**
 * The answer to a handshake made by hand: status, headers and, behind a 101, the close frame if one follows at once.
 * A header that is null is left out.
 */
export function upgrade(url, changes = {}) {
  const headers = {
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": randomBytes(16).toString("base64"),
    ...changes,
  };
  const kept = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== null));
  const request = http.get(url.replace(/^ws/, "http"), { headers: kept, agent: false });
  const answered = new Promise((resolve, reject) => {
    request.on("error", reject);
    request.on("response", (response) => {
      response.resume();
      resolve({ status: response.statusCode, headers: response.headers });
    });
    request.on("upgrade", async (response, stream, head) => {
      let bytes = head;
      stream.on("data", (chunk) => { bytes = Buffer.concat([bytes, chunk]); }).on("error", () => {});
      await sleep(QUIET);
      stream.destroy();
      resolve({ status: 101, headers: response.headers, ...closeFrame(bytes) });
    });
  });
  return within(PATIENCE, answered, "the handshake");
}

/** RFC 6455, 5.5.1: a close frame is short, and one from a server is not masked. */
function closeFrame(bytes) {
  if (bytes.length < 4 || bytes[0] !== 0x88 || bytes.length < 2 + bytes[1]) return undefined;
  return { code: bytes.readUInt16BE(2), reason: bytes.subarray(4, 2 + bytes[1]).toString() };
}
