// Starts a server of ours on a free loopback port, with a database and an editor's token of its own.

import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { within } from "./check.mjs";

const START = 60_000; // ms; a debug build fills a new database in one second

/** `options` are flags of `demarche serve` and their values; flags that the binary does not know are left out. */
export async function start(binary, options = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), "demarche-peers-"));
  const database = ["--database-url", `sqlite://${folder}/peers.db`];
  const env = environment();
  const flags = known(binary, env, { "--rate-limit": "0", ...options });
  const words = Object.entries(flags).flatMap(([flag, value]) => (value === true ? [flag] : [flag, value]));
  const child = spawn(binary, ["serve", ...database, "--listen", "127.0.0.1:0", ...words], { env });
  process.once("exit", () => child.kill("SIGKILL")); // whatever happens to us, it does not stay
  const ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve({ code, signal })));
  const address = await within(START, listening(child, ended), "the start of the server");
  const token = execFileSync(binary, ["token", "create", ...database, "--role", "editor", "--name", "peers"], { env });
  return {
    http: `http://${address}/graphql`,
    ws: `ws://${address}/graphql/ws`,
    token: token.toString().trim(),
    flags,
    terminate: () => child.kill("SIGTERM"),
    ended,
    async stop() {
      child.kill("SIGTERM");
      await within(15_000, ended, "the server").catch(() => child.kill("SIGKILL"));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A time limit in milliseconds: what our own server was started with, what the environment says of another, or the default. */
export function limitOf(server, flag, otherwise) {
  const variable = `DEMARCHE_${flag.slice(2).replaceAll("-", "_").toUpperCase()}`;
  const text = (server ? server.flags[flag] : process.env[variable]) ?? otherwise;
  const [, number, unit] = text.match(/^(\d+)(ms|s)$/) ?? [];
  if (!unit) throw new Error(`${text} is no duration such as 500ms or 10s`);
  return Number(number) * (unit === "s" ? 1000 : 1);
}

/** Ours without what would set options behind our back. */
function environment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("DEMARCHE_")));
}

function known(binary, env, options) {
  const help = execFileSync(binary, ["serve", "--help"], { env }).toString();
  const words = new Set(help.split(/\s+/));
  return Object.fromEntries(Object.entries(options).filter(([flag]) => words.has(flag)));
}

function listening(child, ended) {
  let said = "";
  child.stderr.on("data", (text) => { said += text; });
  return new Promise((resolve, reject) => {
    let text = "";
    child.stdout.on("data", (chunk) => {
      text += chunk;
      const found = text.match(/GraphQL +http:\/\/([^/]+)\/graphql\s/);
      if (found) resolve(found[1]);
    });
    child.once("error", reject);
    ended.then(({ code }) => reject(new Error(`the server ended with ${code}: ${said}`)));
  });
}
