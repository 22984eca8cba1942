// Starts a server on a free loopback port, with a new database and the token of an editor.

import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { sleep, within } from "./check.mjs";

const START = 60_000; // ms; a debug build initialises a new database in one second

/** `options` are flags of `demarche serve` and their values; flags that the binary does not support are left out. */
export async function start(binary, options = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), "demarche-peers-"));
  const database = ["--database-url", `sqlite://${folder}/peers.db`];
  const env = environment();
  const flags = supportedFlags(binary, env, { "--rate-limit": "0", ...options });
  const args = Object.entries(flags).flatMap(([flag, value]) => (value === true ? [flag] : [flag, value]));
  let child;
  let exited;
  const launch = (listen) => {
    const started = spawn(binary, ["serve", ...database, "--listen", listen, ...args], { env });
    const kill = () => started.kill("SIGKILL");
    process.once("exit", kill); // do not leave the server running if this process fails
    child = started;
    exited = new Promise((resolve) => started.once("exit", (code, signal) => {
      process.off("exit", kill);
      resolve({ code, signal });
    }));
    return within(START, listening(started, exited), "the start of the server");
  };
  const end = async () => {
    child.kill("SIGTERM");
    await within(15_000, exited, "the server").catch(() => child.kill("SIGKILL"));
  };
  const address = await launch("127.0.0.1:0");
  const token = execFileSync(binary, ["token", "create", ...database, "--role", "editor", "--name", "peers"], { env });
  return {
    http: `http://${address}/graphql`,
    ws: `ws://${address}/graphql/ws`,
    token: token.toString().trim(),
    flags,
    /** Runs a command on the database of the server; returns what it prints. */
    run: (...words) => execFileSync(binary, [...words, ...database], { env, stdio: ["ignore", "pipe", "pipe"] }).toString(),
    terminate: () => child.kill("SIGTERM"),
    exited,
    /** Ends the server, and starts another one on its database and port after `meanwhile`. */
    async restart(meanwhile) {
      await end();
      await meanwhile();
      await launch(address);
      await within(START, reachable(`http://${address}/health`), "the first answer");
    },
    async stop() {
      await end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A duration in milliseconds: of the started server, from the environment for an external server, or the default. */
export function limitOf(server, flag, otherwise) {
  const variable = `DEMARCHE_${flag.slice(2).replaceAll("-", "_").toUpperCase()}`;
  const text = (server ? server.flags[flag] : process.env[variable]) ?? otherwise;
  const [, number, unit] = text.match(/^(\d+)(ms|s)$/) ?? [];
  if (!unit) throw new Error(`${text} is not a duration such as 500ms or 10s`);
  return Number(number) * (unit === "s" ? 1000 : 1);
}

/** `fetch` may first use a connection to the server of before. */
async function reachable(url) {
  while (!(await fetch(url).then(({ ok }) => ok, () => false))) await sleep(20);
}

/** The environment without variables that set options of the server. */
function environment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("DEMARCHE_")));
}

function supportedFlags(binary, env, options) {
  const help = execFileSync(binary, ["serve", "--help"], { env }).toString();
  const helpWords = new Set(help.split(/\s+/));
  return Object.fromEntries(Object.entries(options).filter(([flag]) => helpWords.has(flag)));
}

function listening(child, exited) {
  let stderr = "";
  child.stderr.on("data", (text) => { stderr += text; });
  return new Promise((resolve, reject) => {
    let text = "";
    child.stdout.on("data", (chunk) => {
      text += chunk;
      const match = text.match(/GraphQL +http:\/\/([^/]+)\/graphql\s/);
      if (match) resolve(match[1]);
    });
    child.once("error", reject);
    exited.then(({ code }) => reject(new Error(`the server exited with ${code}: ${stderr}`)));
  });
}
