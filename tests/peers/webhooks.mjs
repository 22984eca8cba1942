// The official libraries of Standard Webhooks verify what a server sends: the receivers of docs/webhooks.md, in Node and Python.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { sleep, within } from "./check.mjs";
import { install } from "./python.mjs";
import { start } from "./server.mjs";
import { subject } from "./target.mjs";

const FOLDER = new URL("./webhooks/", import.meta.url);
const WAIT = 20_000; // ms for one message
const CHECK = 60_000; // ms for the checks of one receiver
const OTHER_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

export default async function webhooks(check, { binary }) {
  const guide = readFileSync(new URL("../../docs/webhooks.md", import.meta.url), "utf8");
  const receivers = { "receiver.mjs": process.execPath, "receiver.py": install("webhooks") };
  for (const file of Object.keys(receivers)) {
    await check(`docs/webhooks.md shows ${file}`, () =>
      assert.ok(guide.includes(`\n${readFileSync(new URL(file, FOLDER), "utf8")}\`\`\`\n`), "the text differs"));
  }
  if (!binary) {
    console.log("      an external server: the receivers are left out");
    return;
  }
  const server = await start(binary, { "--webhook-allow-loopback": true, "--webhook-retry-delay": "100ms" });
  for (const [file, program] of Object.entries(receivers)) {
    await check(`${file}: messages are verified, also by the earlier secret after a rotation`, () => verifies(server, program, file), CHECK);
    await check(`${file}: a message that another secret signs is refused`, () => refuses(server, program, file), CHECK);
  }
  await server.stop();
}

async function verifies(server, program, file) {
  const { filter, move } = await subject(server);
  const hook = await add(server);
  const receiver = run(program, file, hook.port, hook.secret);
  try {
    const code = filter.countries[0];
    for (const rotate of [false, true]) {
      if (rotate) server.run("webhook", "rotate", hook.id);
      const { to } = await move();
      const line = await within(WAIT, receiver.line(), "a message");
      assert.match(line, new RegExp(`^${code} ${to} http://.*/changes/\\d+$`));
    }
  } finally {
    receiver.stop();
    server.run("webhook", "remove", hook.id);
  }
}

async function refuses(server, program, file) {
  const { move } = await subject(server);
  const hook = await add(server);
  const receiver = run(program, file, hook.port, OTHER_SECRET);
  try {
    await move();
    const refused = async () => {
      while (!server.run("webhook", "deliveries", hook.id).includes("HTTP 401")) await sleep(100);
    };
    await within(WAIT, refused(), "a refusal");
    assert.deepEqual(receiver.lines, []);
  } finally {
    receiver.stop();
    server.run("webhook", "remove", hook.id);
  }
}

/** A new webhook to a port where nothing listens yet: deliveries are repeated until the receiver has started. */
async function add(server) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const [first, secret] = server.run("webhook", "add", url, "--webhook-allow-loopback").split("\n");
  return { port, secret, id: first.split(" ")[1] };
}

function run(program, file, port, secret) {
  const env = { ...process.env, PORT: String(port), WEBHOOK_SECRET: secret };
  const child = spawn(program, [fileURLToPath(new URL(file, FOLDER))], { env, stdio: ["ignore", "pipe", "ignore"] });
  process.once("exit", () => child.kill("SIGKILL"));
  const lines = [];
  let wake = () => {};
  // By lines: a chunk may end within one.
  createInterface({ input: child.stdout }).on("line", (line) => {
    lines.push(line);
    wake();
  });
  return {
    lines,
    async line() {
      while (lines.length === 0) await new Promise((resolve) => { wake = resolve; });
      return lines.shift();
    },
    stop: () => child.kill(),
  };
}

function freePort() {
  return new Promise((resolve) => {
    const listener = createServer().listen(0, "127.0.0.1", () => {
      const { port } = listener.address();
      listener.close(() => resolve(port));
    });
  });
}
