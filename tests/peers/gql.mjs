// gql, a client for Python, with both of its WebSocket transports, in a virtual environment of its own.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { install, script } from "./python.mjs";

const TRANSPORTS = ["WebsocketsTransport", "AIOHTTPWebsocketsTransport"];
const RUN_TIMEOUT = 60_000; // ms for the checks of one transport

export default async function gqlClient(check, target) {
  const python = install("gql");
  for (const transport of TRANSPORTS) {
    const args = [script("gql_client.py"), transport, target.ws, target.token ?? ""];
    const { stdout } = await promisify(execFile)(python, args, { timeout: RUN_TIMEOUT });
    const results = stdout.trim().split("\n").map((line) => JSON.parse(line));
    for (const { name, error } of results) {
      await check(`${transport}: ${name}`, () => assert.equal(error, null, error));
    }
  }
}
