// Checks the ledger in the browser: the signature of its head, the hash of each entry, the Merkle tree over them, and the entries of a
// position. docs/proofs.md has the formats.

const root = document.getElementById("verify");
const results = document.getElementById("results");
const button = document.getElementById("check");
const text = new TextEncoder();
const LINES = 2000; // between two looks at the screen

const concat = (...parts) => new Uint8Array(parts.flatMap((part) => [...part]));
const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const unbase64 = (encoded) => Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0));

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

/** The relationship that an entry is about: initiative and requested state; undefined if none. */
function subjectOf(entry, subjects) {
  const payload = JSON.parse(entry.payload);
  const statement = { STATEMENT_RECORDED: payload, STATEMENT_CORRECTED: payload.statement }[entry.kind];
  const relationship = statement?.subject.relationship;
  if (relationship) subjects.set(entry.seq, `${relationship.initiative} ${relationship.requestedState}`);
  const isAbout = ["STATEMENT_RETRACTED", "EVIDENCE_ADDED"].includes(entry.kind);
  return subjects.get(isAbout ? payload.statement : entry.seq);
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

/** Reads the ledger up to an entry; returns its tree, the entries by relationship, and the initiatives. */
async function readLedger(seq, name, progress) {
  const response = await fetch(`/export/ledger.ndjson?seq=${seq}`);
  if (!response.ok) throw new Error(`the ledger could not be downloaded: ${response.status}`);
  const [tree, relationships, subjects, initiatives] = [new Tree(), new Map(), new Map(), new Map()];
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
      if (kind === "INITIATIVE_OPENED") initiatives.set(String(seq), JSON.parse(payload).slug);
      const subject = subjectOf(value, subjects);
      if (subject) {
        if (!relationships.has(subject)) relationships.set(subject, { tree: new Tree(), entries: [] });
        const list = relationships.get(subject);
        await list.tree.push(leaf);
        list.entries.push(value);
      }
      if (tree.size % LINES === 0) progress.textContent = `… ${tree.size} entries`;
    }
  }
  return { tree, relationships, initiatives };
}

async function checkPosition(found, ledger, key, size) {
  const { initiative, requestedState, position } = found;
  const { entries, history } = position.proof;
  const subject = [...ledger.relationships.keys()].find((subject) => {
    const [number, code] = subject.split(" ");
    return code === requestedState.code && ledger.initiatives.get(number) === new URLSearchParams(location.search).get("initiative");
  });
  const list = ledger.relationships.get(subject) ?? { tree: new Tree(), entries: [] };
  report(undefined, `${requestedState.name}, ${initiative.title}: the server says ${position.stance}.`);
  const { name, lines } = await readNote(history.note, key, "list of its entries");
  const listRoot = await list.tree.root();
  const expected = ["demarche relationship 1", name, String(size), subject, String(list.tree.size), btoa(String.fromCharCode(...listRoot))];
  const isWhole = expected.every((line, at) => line === lines[at]) && history.length === list.tree.size && history.root === hex(listRoot);
  report(isWhole, isWhole ? `The list has all ${list.tree.size} entries about it.` : "The list is not that of the entries in the ledger: one was left out or added.");
  for (const { entry } of entries) {
    const own = list.entries.find((own) => own.seq === entry.seq);
    const holds = own?.hash === entry.hash;
    const payload = holds ? JSON.parse(own.payload) : undefined;
    const summary = (payload?.statement ?? payload)?.summary;
    report(holds, holds ? `It rests on entry ${entry.seq}: ${summary}` : `Entry ${entry.seq}, on which it rests, is not in the ledger.`);
  }
}

/** Links to the checks of all positions. */
function list(ledger) {
  const details = document.createElement("details");
  const summary = document.createElement("summary");
  summary.textContent = `Check a position (${ledger.relationships.size})`;
  const items = document.createElement("ul");
  for (const [subject, { entries }] of ledger.relationships) {
    const [number, code] = subject.split(" ");
    const query = new URLSearchParams({ initiative: ledger.initiatives.get(number), country: code });
    const link = document.createElement("a");
    link.href = `/verify?${query}`;
    link.textContent = `${ledger.initiatives.get(number)}, ${code}: ${entries.length} entries`;
    const item = document.createElement("li");
    item.append(link);
    items.append(item);
  }
  details.append(summary, items);
  root.append(details);
}

async function check() {
  const { key, seq, note, position } = root.dataset;
  const { name, lines } = await readNote(note, key, "head");
  const [origin, size, signedRoot] = lines;
  if (origin !== name || size !== seq) throw new Error("the head is of another ledger");
  const progress = report(undefined, "downloading");
  const ledger = await readLedger(seq, name, progress);
  progress.remove();
  const holds = ledger.tree.size === Number(size) && hex(await ledger.tree.root()) === hex(unbase64(signedRoot));
  report(holds, holds ? `The ${size} entries are exactly those of the signed head.` : "The entries are not those of the signed head.");
  if (position) await checkPosition(JSON.parse(position), ledger, key, size);
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
