// Exports and feeds as programs read them: frictionless validates the data package, feedparser reads Atom.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { install, script } from "./python.mjs";

const RUN_TIMEOUT = 120_000; // ms

export default async function files(check, target) {
  const site = target.http.replace(/\/graphql$/, "");
  const { stdout } = await promisify(execFile)(install("files"), [script("files.py"), site], { timeout: RUN_TIMEOUT });
  const results = stdout.trim().split("\n").map((line) => JSON.parse(line));
  for (const { name, error } of results) {
    await check(name, () => assert.equal(error, null, error));
  }
}
