#!/usr/bin/env node
// verify.mjs URL KEY STATE [SEQ…]: checks a ledger without trusting its server. Node 20, no packages.
//
// It reads the signed head and checks the signature by KEY, which `demarche key show` prints and you got from someone you trust.
// It checks that the head in the file STATE, if there is one, is the beginning of the new one: nothing before it was altered or
// removed. It checks that each entry SEQ is in the tree, and prints it. Then it writes the new head to STATE.

import { createHash, createPublicKey, verify } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();
const leaf = (data) => sha256("\0", data);
const node = (left, right) => sha256("\x01", left, right);

function require(condition, message) {
  if (!condition) throw new Error(message);
}

/** The origin, the size and the root of a signed note, if the key has signed it. */
export function checkpoint(note, key) {
  const [name, id, typed] = key.match(/^([^+\s]+)\+([0-9a-f]{8})\+(.+)$/).slice(1);
  const typedKey = Buffer.from(typed, "base64");
  require(typedKey.length === 33 && typedKey[0] === 1, "the key is not an Ed25519 key");
  require(sha256(name, "\n", typedKey).toString("hex").startsWith(id), "the ID of the key is not its own");
  const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), typedKey.subarray(1)]);
  const publicKey = createPublicKey({ key: spki, format: "der", type: "spki" });
  const end = note.lastIndexOf("\n\n") + 1;
  require(end > 0 && note.endsWith("\n"), "not a signed note");
  const text = note.slice(0, end);
  const lines = note.slice(end + 1).trimEnd().split("\n");
  const signatures = lines
    .filter((line) => line.startsWith(`— ${name} `))
    .map((line) => Buffer.from(line.slice(`— ${name} `.length), "base64"))
    .filter((bytes) => bytes.length === 68 && bytes.toString("hex", 0, 4) === id);
  require(signatures.length === 1, `not signed once by ${name}`);
  require(verify(null, Buffer.from(text), publicKey, signatures[0].subarray(4)), "the signature is not valid");
  const [origin, size, root] = text.split("\n");
  const hash = Buffer.from(root, "base64");
  require(origin === name, "the note is of another ledger");
  require(/^(0|[1-9][0-9]*)$/.test(size) && Number.isSafeInteger(Number(size)), "the size is not a number");
  require(hash.length === 32 && hash.toString("base64") === root, "the root is not a hash");
  return { size: Number(size), root: hash };
}

/** The root that a path leads to from the leaf at an index, from 0, of a tree. */
export function rootOfInclusion(index, size, hash, path) {
  require(index < size, "the tree has no such leaf");
  let last = size - 1;
  for (const sibling of path) {
    require(last > 0, "the path is too long");
    if (index % 2 === 1 || index === last) {
      hash = node(sibling, hash);
      while (index % 2 === 0 && index > 0) [index, last] = [index / 2, Math.floor(last / 2)];
    } else {
      hash = node(hash, sibling);
    }
    [index, last] = [Math.floor(index / 2), Math.floor(last / 2)];
  }
  require(last === 0, "the path is too short");
  return hash;
}

/** The roots of both trees, as a path computes them. `from` is at least 1. */
export function rootsOfConsistency(from, to, fromRoot, path) {
  require(from >= 1 && from <= to, "the trees are not in order");
  if (from === to) return [fromRoot, path.length === 0 ? fromRoot : Buffer.alloc(0)];
  const isPower = Number.isInteger(Math.log2(from));
  const [first, ...rest] = isPower ? [fromRoot, ...path] : path;
  require(first !== undefined, "the path is too short");
  let [index, last] = [from - 1, to - 1];
  while (index % 2 === 1) [index, last] = [Math.floor(index / 2), Math.floor(last / 2)];
  let [one, other] = [first, first];
  for (const sibling of rest) {
    require(last > 0, "the path is too long");
    if (index % 2 === 1 || index === last) {
      [one, other] = [node(sibling, one), node(sibling, other)];
      while (index % 2 === 0 && index > 0) [index, last] = [index / 2, Math.floor(last / 2)];
    } else {
      other = node(other, sibling);
    }
    [index, last] = [Math.floor(index / 2), Math.floor(last / 2)];
  }
  require(last === 0, "the path is too short");
  return [one, other];
}

async function query(url, text) {
  const response = await fetch(new URL("/graphql", url), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ query: text }),
  });
  const { data, errors } = await response.json();
  require(!errors, errors?.[0].message);
  return data.ledger;
}

const bytes = (hashes) => hashes.map((hash) => Buffer.from(hash, "hex"));

async function main([url, key, state, ...seqs]) {
  const ledger = await query(url, "{ ledger { head { treeHead { note } } } }");
  const { note } = ledger.head.treeHead;
  const head = checkpoint(note, key);
  console.log(`signed head of ${head.size} entries: ${head.root.toString("hex")}`);
  if (existsSync(state)) {
    const saved = checkpoint(readFileSync(state, "utf8"), key);
    require(saved.size <= head.size, `the ledger has ${head.size} entries and had ${saved.size}: entries are missing`);
    if (saved.size > 0) {
      const proof = (await query(url, `{ ledger { consistencyProof(from: ${saved.size}, to: ${head.size}) { hashes } } }`)).consistencyProof;
      const [one, other] = rootsOfConsistency(saved.size, head.size, saved.root, bytes(proof.hashes));
      require(one.equals(saved.root) && other.equals(head.root), `the ledger was altered since it had ${saved.size} entries`);
    }
    console.log(`it continues the saved head of ${saved.size} entries`);
  }
  for (const seq of seqs.map(Number)) {
    const proof = (await query(url, `{ ledger { inclusionProof(seq: ${seq}, treeSize: ${head.size}) { leafData hashes } } }`)).inclusionProof;
    const root = rootOfInclusion(seq - 1, head.size, leaf(proof.leafData), bytes(proof.hashes));
    require(root.equals(head.root), `entry ${seq} is not in the tree`);
    const entry = JSON.parse(proof.leafData.slice(64));
    require(entry.seq === seq, `the leaf is entry ${entry.seq}`);
    console.log(`entry ${seq} is in the tree: ${entry.kind} ${entry.payload}`);
  }
  writeFileSync(state, note);
}

if (process.argv[1]?.endsWith("verify.mjs")) {
  main(process.argv.slice(2)).catch((error) => {
    console.error(`not verified: ${error.message}`);
    process.exitCode = 1;
  });
}
