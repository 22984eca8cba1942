// schemathesis (Python): requests made from /openapi.json, and every answer held to it.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { install } from "./python.mjs";

// What a schema cannot say: cursors, days that exist, a generation without its seq; and an empty parameter is one that is left out.
const EXCLUDED = "positive_data_acceptance,negative_data_rejection";
const RUN_TIMEOUT = 300_000; // ms

export default async function openapi(check, target) {
  const program = path.join(path.dirname(install("openapi")), "schemathesis");
  const address = new URL("/openapi.json", target.http).href;
  const args = ["run", address, "--max-examples", "10", "--seed", "1", "--exclude-checks", EXCLUDED, "--no-color"];
  await check("every answer is as described", async () => {
    const run = await promisify(execFile)(program, args, { timeout: RUN_TIMEOUT, maxBuffer: 1 << 26 }).catch((error) => error);
    assert.equal(run.code ?? 0, 0, run.stdout?.slice(-4_000));
    assert.match(run.stdout, /Tested: 10/);
  }, RUN_TIMEOUT);
}
