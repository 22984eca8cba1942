// Heads and proofs, checked by packages that verify transparency logs: @sigstore/verify (npm) and proofbundle (PyPI); and the
// programs of examples/verify.

import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { createPublicKey } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { install, script } from "./python.mjs";
import { ask, subject } from "./target.mjs";

const require = createRequire(import.meta.url);
// Its modules for logs: the package as a whole accepts Sigstore's bundles only.
const { verifyCheckpoint } = require("@sigstore/verify/dist/tlog/checkpoint.js");
const { verifyMerkleInclusion } = require("@sigstore/verify/dist/tlog/merkle.js");

const execute = promisify(execFile);
const EXAMPLES = fileURLToPath(new URL("../../examples/verify/", import.meta.url));
const LIMIT = 120_000; // ms; the first run installs packages
const TREES = [[1, 1], [1, 2], [2, 3], [255, 256], [256, 257], [300, 600], [600, 600], [511, 601]];

export default async function proofs(check, target) {
  const given = await load(target);
  await check("@sigstore/verify accepts heads and inclusion proofs, and no altered entry", () => sigstore(given));
  await check("proofbundle accepts heads, inclusion proofs and consistency proofs", () => proofbundle(given), LIMIT);
  const folder = mkdtempSync(path.join(tmpdir(), "demarche-proofs-"));
  try {
    await check("examples/verify/verify.mjs follows the ledger from head to head", () => follows(target, given, folder), LIMIT);
    await check("examples/verify/verify.py accepts the exported ledger, and no altered one", () => exported(target, given, folder), LIMIT);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function load(target) {
  const { ledger: { verifierKey: key } } = await ask(target, "{ ledger { verifierKey } }");
  const given = { key, inclusion: [], consistency: [] };
  for (const [one, other] of TREES) {
    const { ledger } = await ask(target, `{ ledger {
      inclusionProof(seq: ${one}, treeSize: ${other}) { leafIndex treeSize leafData hashes treeHead { note } }
      consistencyProof(from: ${one}, to: ${other}) { from { note } to { note } hashes }
    } }`);
    given.inclusion.push(ledger.inclusionProof);
    given.consistency.push(ledger.consistencyProof);
  }
  return given;
}

function sigstore({ key, inclusion }) {
  const [name, id, ...encoded] = key.split("+");
  const raw = Buffer.from(encoded.join("+"), "base64").subarray(1);
  const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), raw]);
  const publicKey = createPublicKey({ key: spki, format: "der", type: "spki" });
  const logs = [{ baseURL: name, logID: Buffer.from(id, "hex"), publicKey }];
  for (const { leafIndex, treeSize, leafData, hashes, treeHead } of inclusion) {
    const entry = (body) => ({
      canonicalizedBody: Buffer.from(body),
      inclusionProof: {
        logIndex: String(leafIndex),
        treeSize: String(treeSize),
        hashes: hashes.map((hash) => Buffer.from(hash, "hex")),
        checkpoint: { envelope: treeHead.note },
      },
    });
    const head = verifyCheckpoint(entry(leafData), logs);
    assert.equal(head.logSize, BigInt(treeSize));
    verifyMerkleInclusion(entry(leafData), head);
    assert.throws(() => verifyMerkleInclusion(entry(`${leafData} `), head));
    const other = treeHead.note.replace(`\n${treeSize}\n`, `\n${treeSize + 1}\n`);
    const forged = { ...entry(leafData), inclusionProof: { checkpoint: { envelope: other } } };
    assert.throws(() => verifyCheckpoint(forged, logs), /signature/);
  }
}

function proofbundle(given) {
  const { status, stdout, stderr } = spawnSync(install("proofs"), [script("proofs.py")], { input: JSON.stringify(given), encoding: "utf8" });
  assert.equal(status, 0, stderr);
  assert.equal(stdout.trim().split("\n").length, 2 * TREES.length);
}

async function follows(target, { key }, folder) {
  const state = path.join(folder, "head.txt");
  const run = (...seqs) => execute(process.execPath, [path.join(EXAMPLES, "verify.mjs"), new URL(target.http).origin, key, state, ...seqs]);
  const first = await run("1");
  assert.match(first.stdout, /entry 1 is in the tree: INITIATIVE_OPENED/);
  const { move } = await subject(target);
  await move();
  const second = await run();
  assert.match(second.stdout, /it continues the saved head/);
  // Signed by the same key, but of a ledger that this one does not continue.
  const saved = readFileSync(state, "utf8");
  writeFileSync(state, saved.replace(/^(\d+)$/m, (size) => String(size - 1)));
  await assert.rejects(run(), /the signature is not valid/);
}

async function exported(target, { key }, folder) {
  const { ledger } = await ask(target, "{ ledger { head { seq treeHead { note } } } }");
  const origin = new URL(target.http).origin;
  const text = await (await fetch(`${origin}/export/ledger.ndjson`)).text();
  const file = path.join(folder, "ledger.ndjson");
  const verify = (content) => {
    writeFileSync(file, content);
    return spawnSync("python3", [path.join(EXAMPLES, "verify.py"), key, file], { input: ledger.head.treeHead.note, encoding: "utf8" });
  };
  const whole = verify(text);
  assert.equal(whole.status, 0, whole.stderr);
  assert.ok(whole.stdout.startsWith(`${ledger.head.seq} entries are those of the signed head`), whole.stdout);
  const lines = text.split("\n");
  assert.equal(verify([...lines.slice(0, 300), ...lines.slice(301)].join("\n")).status, 1);
  assert.equal(verify(text.replace("Rwanda", "Ruanda")).status, 1);
}
