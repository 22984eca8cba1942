// The programs of examples/: each prints nested data, then every change once, in order, over restarts of the server and of itself.

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { sleep, within } from "./check.mjs";
import { install } from "./python.mjs";
import { start } from "./server.mjs";
import { subject } from "./target.mjs";

const execute = promisify(execFile);
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const TARGET = path.resolve(ROOT, process.env.CARGO_TARGET_DIR ?? "target", "examples");
const BUILD = 600_000; // ms
const PATIENCE = 30_000; // ms for a line to be printed

/** How each is prepared and started. */
const PROGRAMS = {
  node: { prepare: installNode, command: () => [process.execPath, example("node/follow.mjs")] },
  python: { prepare: () => install("gql"), command: () => [install("gql"), example("python/follow.py")] },
  rust: { prepare: buildRust, command: () => [path.join(TARGET, "debug/demarche-example")] },
  r: { prepare: () => {}, command: () => ["Rscript", example("r/follow.R")] },
};

export default async function programs(check, { binary }) {
  const server = await start(binary);
  const folder = mkdtempSync(path.join(tmpdir(), "demarche-programs-"));
  try {
    for (const [name, { prepare, command: commandOf }] of Object.entries(PROGRAMS)) {
      await check(`${name} is built`, prepare, BUILD);
      const command = commandOf();
      const cursor = path.join(folder, `${name}.txt`);
      await check(`${name} prints every change once, in order, over restarts of the server and of itself`, () =>
        follows(server, command, cursor), 5 * PATIENCE);
      await check(`${name} ends with an error if its cursor is of another ledger`, async () => {
        writeFileSync(cursor, "bm90aGluZw");
        const program = run(server, command, "SE", cursor);
        assert.notEqual(await within(PATIENCE, program.ended, "the program"), 0);
        assert.match(program.text(), /CURSOR_INVALID/);
      }, 2 * PATIENCE);
    }
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function example(file) {
  return path.join(ROOT, "examples", file);
}

async function installNode() {
  const run = (folder, ...words) => execute("npm", [...words, "--no-progress", "--loglevel=error"], { cwd: path.join(ROOT, folder) });
  await run("clients/typescript", "ci");
  await run("clients/typescript", "run", "build");
  await run("examples/node", "ci");
}

async function buildRust() {
  const env = { ...process.env, CARGO_TARGET_DIR: TARGET };
  await execute("cargo", ["build", "--locked", "--quiet"], { cwd: example("rust"), env });
}

async function follows(server, command, cursor) {
  const { filter, move } = await subject(server);
  await move();
  const program = run(server, command, filter.countries[0], cursor);
  await program.prints(/A report for a test\./); // a statement of the country
  const expected = [];
  for (let restarts = 0; restarts < 3; restarts += 1) {
    // The program is not connected yet when the server is back and records: it has to catch up with that change.
    if (restarts > 0) await server.restart(async () => {});
    expected.push(await move());
    await program.printsChanges(expected);
  }
  while (readFileSync(cursor, "utf8").trim() !== expected.at(-1).cursor) await sleep(20); // it is written after the line
  program.end();
  const missed = [await move(), await move()];
  const second = run(server, command, filter.countries[0], cursor);
  await second.printsChanges(missed);
  second.end();
}

/** Starts the program; `prints` and `printsChanges` wait for its output. */
function run(server, [file, ...words], country, cursor) {
  const site = server.http.replace(/\/graphql$/, "");
  const child = spawn(file, [...words, site, country, cursor]);
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  let text = "";
  let wake = () => {};
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => { text += bytes; wake(); });
  const ended = new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => { process.off("exit", kill); resolve(code); wake(); });
  });
  const until = (isThere) => within(PATIENCE, new Promise((resolve, reject) => {
    wake = () => { if (isThere()) resolve(); else if (child.exitCode !== null) reject(new Error("the program ended")); };
    wake();
    ended.catch(reject);
  }), "the output").catch((error) => { throw new Error(`${error.message}; printed ${text}`); });
  return {
    ended,
    text: () => text,
    end: () => child.kill("SIGTERM"),
    prints: (pattern) => until(() => pattern.test(text)),
    async printsChanges(expected) {
      await until(() => changes(text).length >= expected.length);
      assert.deepEqual(changes(text), expected.map(({ from, to }) => [from, to].map(plain)));
    },
  };
}

/** The stances of the lines `NAME: FROM → TO`; each language has its own spelling of them and of the arrow. */
const changes = (text) => [...text.matchAll(/^[^ ].*: (\w+) (?:→|->) (\w+)$/gm)].map(([, from, to]) => [from, to].map(plain));

const plain = (stance) => stance.replaceAll("_", "").toUpperCase();
