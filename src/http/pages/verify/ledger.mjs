// The exported ledger: the hash of each of its entries, the Merkle tree over them, and what is about a relationship. docs/proofs.md and
// docs/ledger-format.md have the formats.

import { Facts } from "./facts.mjs";

const LINES = 2000; // between two reports of progress
const text = new TextEncoder();

export const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
export const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
export const unbase64 = (encoded) => Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0));

/** A tree that grows by a leaf at a time; it holds the roots of its full subtrees. */
class Tree {
  size = 0;
  #subtrees = [];

  async push(leaf) {
    let node = leaf;
    this.size += 1;
    for (let size = this.size; size % 2 === 0; size /= 2) node = await join(this.#subtrees.pop(), node);
    this.#subtrees.push(node);
  }

  async root() {
    if (this.size === 0) return sha256(new Uint8Array());
    let node = this.#subtrees.at(-1);
    for (const left of this.#subtrees.slice(0, -1).reverse()) node = await join(left, node);
    return node;
  }
}

function join(left, right) {
  const bytes = new Uint8Array(65);
  bytes[0] = 1;
  bytes.set(left, 1);
  bytes.set(right, 33);
  return sha256(bytes);
}

async function* linesOf(response) {
  let rest = "";
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    yield* lines;
  }
  if (rest) yield rest;
}

/**
 * Reads the ledger of this name up to an entry; returns its tree, the number of entries about each relationship, and of `wanted` (the
 * slug of an initiative and the code of a country) the list of entries and the facts. Calls `progress` with the number of entries so
 * far. Fails at an entry that does not have its hash.
 */
export async function readLedger(seq, name, wanted, progress) {
  const response = await fetch(`/export/ledger.ndjson?seq=${seq}`);
  if (!response.ok) throw new Error(`the ledger could not be downloaded: ${response.status}`);
  const [tree, counts, initiatives] = [new Tree(), new Map(), new Map()];
  const isWanted = (relationship) => relationship === relationshipOf(wanted, initiatives);
  const facts = new Facts(isWanted);
  const list = { tree: new Tree(), hashes: new Map() };
  let before;
  for await (const line of linesOf(response)) {
    const value = JSON.parse(line);
    if (value.format) {
      if (name !== `demarche/${value.origin}`) throw new Error("the file is of another ledger than the signed head");
      before = hex(await sha256(text.encode(`demarche ledger 1\n${value.origin}`)));
    } else if (value.payload !== undefined) {
      const { actor, idempotencyKey, kind, payload, recordedAt, seq } = value;
      const content = JSON.stringify({ actor, idempotencyKey, kind, payload, recordedAt, seq });
      const leaf = await sha256(text.encode(`\0${before}${content}`));
      before = hex(leaf);
      if (seq !== tree.size + 1 || value.hash !== before) throw new Error(`entry ${tree.size + 1} does not have the hash that it should have`);
      await tree.push(leaf);
      if (kind === "INITIATIVE_OPENED") initiatives.set(JSON.parse(payload).slug, seq);
      const relationship = facts.add(value);
      if (relationship) counts.set(relationship, (counts.get(relationship) ?? 0) + 1);
      if (relationship && isWanted(relationship)) {
        await list.tree.push(leaf);
        list.hashes.set(seq, before);
      }
      if (tree.size % LINES === 0) progress(tree.size);
    }
  }
  return { tree, counts, initiatives, list, facts };
}

/** As in signed lists: the number of the initiative and the code of the requested state. */
export const relationshipOf = ({ initiative, country }, initiatives) => `${initiatives.get(initiative)} ${country}`;
