// gql, a client for Python, with both of its WebSocket transports, in a virtual environment of its own.

import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { copyFileSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const TRANSPORTS = ["WebsocketsTransport", "AIOHTTPWebsocketsTransport"];
const RUN_TIMEOUT = 60_000; // ms for the checks of one transport

const here = path.dirname(fileURLToPath(import.meta.url));
const requirements = path.join(here, "python/requirements.txt");
const environment = path.join(here, ".venv");
const installed = path.join(environment, "requirements.txt");

export default async function gqlClient(check, target) {
  const python = install();
  for (const transport of TRANSPORTS) {
    const script = path.join(here, "python/gql_client.py");
    const args = [script, transport, target.ws, target.token ?? ""];
    const { stdout } = await promisify(execFile)(python, args, { timeout: RUN_TIMEOUT });
    const results = stdout.trim().split("\n").map((line) => JSON.parse(line));
    for (const { name, error } of results) {
      await check(`${transport}: ${name}`, () => assert.equal(error, null, error));
    }
  }
}

/** Installs the pinned packages when they have changed; returns the interpreter. */
function install() {
  const python = path.join(environment, "bin/python");
  if (text(installed) !== text(requirements)) {
    const stdio = ["ignore", 2, 2];
    execFileSync("python3", ["-m", "venv", "--clear", environment], { stdio });
    execFileSync(python, ["-m", "pip", "install", "--quiet", "--no-deps", "--disable-pip-version-check", "-r", requirements], { stdio });
    copyFileSync(requirements, installed);
  }
  return python;
}

function text(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
