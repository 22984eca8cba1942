// Checks the ledger in the browser: the signature of its head, the hash of each entry, the Merkle tree over them, the list of the
// entries about a relationship, and that its position follows from them. docs/proofs.md has the formats.

import { hex, readLedger, relationshipOf, sha256, unbase64 } from "./verify/ledger.mjs";
import { differences, position } from "./verify/position.mjs";

const root = document.getElementById("verify");
const results = document.getElementById("results");
const button = document.getElementById("check");
const text = new TextEncoder();
const concat = (...parts) => new Uint8Array(parts.flatMap((part) => [...part]));

/** Adds a result; returns its element. */
function report(holds, words) {
  const item = document.createElement("li");
  item.dataset.holds = String(holds);
  item.textContent = `${holds === true ? "✓" : holds === false ? "✗" : "–"} ${words}`;
  results.append(item);
  return item;
}

/** The lines of a signed note; reports whether the key has signed it. */
async function readNote(note, key, what) {
  const [, name, id, encoded] = key.match(/^([^+\s]+)\+([0-9a-f]{8})\+(.+)$/);
  const typed = unbase64(encoded);
  const ownId = hex(await sha256(concat(text.encode(`${name}\n`), typed))).slice(0, 8);
  const end = note.lastIndexOf("\n\n") + 1;
  const [body, signatures] = [note.slice(0, end), note.slice(end + 1).split("\n")];
  const line = signatures.find((line) => line.startsWith(`— ${name} `)) ?? "";
  const bytes = unbase64(line.split(" ").at(-1));
  if (typed[0] !== 1 || ownId !== id || hex(bytes.slice(0, 4)) !== id) {
    report(false, `The ${what} is not signed by this key.`);
  } else {
    let publicKey;
    try {
      publicKey = await crypto.subtle.importKey("raw", typed.slice(1), "Ed25519", false, ["verify"]);
    } catch {
      report(undefined, `This browser cannot check the signature of the ${what} (Ed25519).`);
    }
    if (publicKey) {
      const holds = await crypto.subtle.verify("Ed25519", publicKey, bytes.slice(4), text.encode(body));
      report(holds, holds ? `The ${what} is signed by the key.` : `The signature of the ${what} is not valid.`);
    }
  }
  return { name, lines: body.trimEnd().split("\n") };
}

/** What the address of the page asks for: a relationship, and the days and the instant of a moment. */
function wantedByAddress() {
  const { initiative, country, validOn, publishedBy, recordedBy } = Object.fromEntries(new URLSearchParams(location.search));
  const moment = { validOn, publishedBy, recordedBy: recordedBy && microseconds(recordedBy) };
  return { initiative, country, moment: Object.fromEntries(Object.entries(moment).filter(([, value]) => value)) };
}

/** An instant of RFC 3339 in microseconds since 1970. */
function microseconds(instant) {
  const [, seconds, fraction = "", zone] = instant.match(/^(.{19})(?:\.(\d+))?(.+)$/);
  return Date.parse(seconds + zone) * 1000 + Number(fraction.padEnd(6, "0").slice(0, 6));
}

async function checkPosition(found, ledger, wanted, key, size) {
  const { initiative, requestedState, position: answered } = found;
  const relationship = relationshipOf(wanted, ledger.initiatives);
  report(undefined, `${requestedState.name}, ${initiative.title}: the server says ${inWords(answered)}.`);
  await checkList(answered.proof.history, ledger.list, relationship, key, size);
  const follows = checkFold(answered, ledger.facts.about(relationship), wanted.moment);
  const proven = new Map(answered.proof.entries.map(({ entry }) => [entry.seq, entry.hash]));
  for (const [seq, hash] of proven) {
    if (ledger.list.hashes.get(seq) !== hash) report(false, `Entry ${seq} of the server's proof is not in the ledger.`);
  }
  for (const seq of [follows.basis ?? [], follows.rivals].flat(2)) {
    if (!proven.has(seq)) report(false, `Entry ${seq}, on which the position rests, is not in the server's proof.`);
  }
}

/** Checks that the signed list of entries about a relationship is that of the ledger. */
async function checkList(history, list, relationship, key, size) {
  const { name, lines } = await readNote(history.note, key, "list of its entries");
  const root = await list.tree.root();
  const expected = ["demarche relationship 1", name, String(size), relationship, String(list.tree.size), btoa(String.fromCharCode(...root))];
  const isWhole = expected.every((line, at) => line === lines[at]) && history.length === list.tree.size && history.root === hex(root);
  report(isWhole, isWhole ? `The list has all ${list.tree.size} entries about it.` : "The list is not that of the entries in the ledger: one was left out or added.");
}

/** Determines the position from the facts in the ledger, and compares the server's answer with it; returns it. */
function checkFold(answered, facts, moment) {
  const follows = position(facts, moment);
  report(undefined, `Valid statements about it: ${follows.visible.length} of ${facts.length}. The others are corrected, retracted, or not known at the moment.`);
  const parts = differences(follows, {
    ...answered,
    basis: answered.basis?.number ?? null,
    rivals: answered.rivals.map(({ statement, contradicts }) => [statement.number, contradicts.number]),
  });
  if (parts.length === 0) report(true, `From them it follows: ${inWords(follows)}.`);
  for (const [part, own, other] of parts) {
    report(false, `The server's answer does not follow from them: ${NAMES[part]} is ${shown(own)}, and the server says ${shown(other)}.`);
  }
  const summaryOf = (number) => `statement ${number}: ${facts.find((fact) => fact.number === number).summary}`;
  if (follows.basis !== null) report(true, `It rests on ${summaryOf(follows.basis)}`);
  for (const [one, other] of follows.rivals) report(true, `It is disputed by ${summaryOf(one)} This contradicts ${summaryOf(other)}`);
  return follows;
}

const NAMES = {
  stance: "the stance",
  since: "the date since when",
  certain: "whether it is certain",
  disputed: "whether it is disputed",
  scope: "what it is limited to",
  basis: "the statement that it rests on",
  rivals: "which statements contradict each other",
};
const shown = (value) => (value === null || value === "" ? "none" : String(value));

function inWords({ stance, since, certain, disputed }) {
  return [stance, since && `since ${since}`, disputed && "disputed", !certain && "not certain"].filter(Boolean).join(", ");
}

/** Links to the checks of all positions. */
function list(ledger) {
  const details = document.createElement("details");
  const summary = document.createElement("summary");
  summary.textContent = `Check a position (${ledger.counts.size})`;
  const items = document.createElement("ul");
  const slugs = new Map([...ledger.initiatives].map(([slug, number]) => [String(number), slug]));
  for (const [relationship, count] of ledger.counts) {
    const [number, code] = relationship.split(" ");
    const query = new URLSearchParams({ initiative: slugs.get(number), country: code });
    const link = document.createElement("a");
    link.href = `/verify?${query}`;
    link.textContent = `${slugs.get(number)}, ${code}: ${count} entries`;
    const item = document.createElement("li");
    item.append(link);
    items.append(item);
  }
  details.append(summary, items);
  root.append(details);
}

async function check() {
  const { key, seq, note, position: answered } = root.dataset;
  const { name, lines } = await readNote(note, key, "head");
  const [origin, size, signedRoot] = lines;
  if (origin !== name || size !== seq) throw new Error("the head is of another ledger");
  const progress = report(undefined, "downloading");
  const wanted = wantedByAddress();
  const ledger = await readLedger(seq, name, wanted, (count) => { progress.textContent = `… ${count} entries`; });
  progress.remove();
  const holds = ledger.tree.size === Number(size) && hex(await ledger.tree.root()) === hex(unbase64(signedRoot));
  report(holds, holds ? `The ${size} entries are exactly those of the signed head.` : "The entries are not those of the signed head.");
  if (answered) await checkPosition(JSON.parse(answered), ledger, wanted, key, size);
  list(ledger);
}

button.disabled = false;
button.addEventListener("click", async () => {
  button.disabled = true;
  results.replaceChildren();
  try {
    if (!globalThis.crypto?.subtle) throw new Error("this browser computes no hashes on a page without HTTPS");
    await check();
  } catch (error) {
    report(false, `Not verified: ${error.message}.`);
  }
  root.dataset.state = "done";
});
