// The package of clients/typescript, packed and installed as users get it: it type-checks, its documents run, and `follow` resumes.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { brief, within } from "./check.mjs";
import { createProxy } from "./proxy.mjs";
import { ask, bearer, subject } from "./target.mjs";

const PACKAGE = fileURLToPath(new URL("../../clients/typescript/", import.meta.url));
const USER = fileURLToPath(new URL("./package/", import.meta.url));
const DIST = "node_modules/demarche-client/dist/";
const STRICT = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2022", "--lib", "es2022,dom"];
const LIMIT = 120_000; // ms; an installation downloads
const PATIENCE = 30_000; // ms for a change to arrive
const NPM = ["--no-progress", "--loglevel=error"];

export default async function packaged(check, target) {
  const folder = mkdtempSync(path.join(tmpdir(), "demarche-package-"));
  try {
    await check("the generated files are those of the schema and the operations", async () => {
      await npm(PACKAGE, "ci");
      await npm(PACKAGE, "run", "check");
    }, LIMIT);
    await check("npm pack has what users need and nothing else", () => pack(folder), LIMIT);
    await check("it is installed, and a program that uses it compiles with tsc --strict", () => install(folder), LIMIT);
    const user = await import(pathToFileURL(path.join(folder, "built/use.js")));
    await check("every query runs, and caches know every type", () => reads(target, user), LIMIT);
    const proxy = await createProxy(new URL(target.http));
    const through = (url) => url.replace(/\/\/[^/]+/, `//${proxy.host}`);
    for (const [name, from] of [["the event stream", `${through(target.http)}/stream`], ["graphql-ws", user.socket(through(target.ws))]]) {
      await check(`follow over ${name} misses nothing and repeats nothing`, () => resumes(target, proxy, user, from), 3 * PATIENCE);
      await check(`follow over ${name} throws for a cursor of another ledger`, () =>
        assert.rejects(user.changes(from, "bm90aGluZw", {}, new AbortController().signal, assert.fail), { name: "FollowError", code: "CURSOR_INVALID" }));
    }
    proxy.close();
    await check("statementRevised lists what an entry did", () => revisions(target, user), PATIENCE);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function pack(folder) {
  const [{ files, filename }] = JSON.parse(await npm(PACKAGE, "pack", "--json", "--pack-destination", folder).then(lastJson));
  const names = files.map(({ path: name }) => name);
  for (const name of ["README.md", "LICENSE-MIT", "LICENSE-APACHE", "package.json", "dist/index.js", "dist/index.d.ts", "dist/schema.graphql"]) {
    assert.ok(names.includes(name), `${filename} lacks ${name}`);
  }
  const { version } = JSON.parse(readFileSync(`${PACKAGE}package.json`, "utf8"));
  const cargo = readFileSync(new URL("../../Cargo.toml", import.meta.url), "utf8");
  assert.ok(cargo.includes(`\nversion = "${version}"\n`), `the version of the package is ${version}, and that of the server another`);
  const others = names.filter((name) => !/^(dist\/.*\.(js|d\.ts|graphql)|README\.md|LICENSE-(MIT|APACHE)|package\.json)$/.test(name));
  assert.deepEqual(others, []);
}

/** npm prints the output of the scripts of the package before its own. */
const lastJson = (output) => output.slice(output.search(/^\[$/m));

async function install(folder) {
  cpSync(USER, folder, { recursive: true });
  await npm(folder, "ci");
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"));
  await npm(folder, "install", "--no-save", "--ignore-scripts", `./${tarball}`);
  assert.equal(await tsc(folder), "");
  // The declarations of other packages have errors, so that checking of all is off there.
  const declarations = readdirSync(path.join(folder, DIST)).filter((name) => name.endsWith(".d.ts"));
  assert.equal(await tsc(folder, ...STRICT, ...declarations.map((name) => DIST + name)), "");
}

async function reads(target, user) {
  const warnings = [];
  const { warn, error } = console;
  console.warn = console.error = (...words) => warnings.push(words.join(" "));
  try {
    const { filter, move } = await subject(target);
    const { initiatives: [initiative], countries: [country] } = filter;
    await move();
    const client = user.apollo(target.http);
    const names = await user.queries(client, country);
    assert.equal(names.filter((name) => name).length, 5, brief(names));
    assert.equal(await user.urqlStance(user.urql(target.http), country, initiative), "NAMED");
    const { ledger } = await ask(target, "{ ledger { head { cursor } } }");
    const after = user.stanceAfter(client, `${target.http}/stream`, ledger.head.cursor, filter, country, initiative);
    const { to } = await move();
    assert.equal(await within(PATIENCE, after, "the change in the cache"), to);
  } finally {
    Object.assign(console, { warn, error });
  }
  assert.deepEqual(warnings, []);
}

async function resumes(target, proxy, user, from) {
  const { filter, move } = await subject(target);
  const { ledger } = await ask(target, "{ ledger { head { cursor } } }");
  const received = [];
  const ended = new AbortController();
  let wake = () => {};
  const running = user.changes(from, ledger.head.cursor, filter, ended.signal, ({ cursor, data }) => {
    received.push({ cursor, from: data.stanceChanged.from, to: data.stanceChanged.to });
    wake();
  });
  const expected = [];
  const expectAll = async () => {
    const arrived = new Promise((resolve) => {
      wake = () => { if (received.length >= expected.length) resolve(); };
      wake();
    });
    await within(PATIENCE, Promise.race([arrived, running]), `receiving ${expected.length} changes`);
    assert.deepEqual(received, expected);
  };
  // Broken before the first change, and after it.
  for (let breaks = 0; breaks < 2; breaks += 1) {
    proxy.cut();
    expected.push(await move());
    expected.push(await move());
    proxy.restore();
    await expectAll();
  }
  expected.push(await move());
  await expectAll();
  ended.abort();
  await within(PATIENCE, running, "the end of the iteration");
}

async function revisions(target, user) {
  const { filter, move } = await subject(target);
  await move();
  const changes = `query($filter: StanceChangeFilter) {
    stanceChanges(filter: $filter, last: 1) { nodes { cursor statement { id } } }
  }`;
  const { stanceChanges: { nodes: [{ cursor, statement: { id } }] } } = await ask(target, changes, { filter });
  const revision = user.firstRevision(`${target.http}/stream`, cursor, [id]);
  const mutation = "mutation($input: RetractStatementInput!) { retractStatement(input: $input) { statement { id } } }";
  const input = { idempotencyKey: `package-${id}`, statement: id, reason: "A test." };
  await ask(target, mutation, { input }, bearer(target));
  assert.deepEqual(await within(PATIENCE, revision, "the revision"), ["RETRACTED"]);
}

const run = promisify(execFile);

async function tsc(folder, ...words) {
  const { stdout } = await run(process.execPath, ["node_modules/typescript/bin/tsc", ...words], { cwd: folder }).catch((error) => error);
  return stdout;
}

/** What the command prints. */
async function npm(folder, ...words) {
  const { stdout } = await run("npm", [...words, ...NPM], { cwd: folder, maxBuffer: 1 << 24 }).catch(({ stdout, stderr }) => {
    throw new Error(`${stdout}\n${stderr}`);
  });
  return stdout;
}
