// The clients that people use, each through a wire that can be cut: a query, pages, a subscription, and a resume that
// misses nothing and repeats nothing.

import assert from "node:assert/strict";
import { createClient as createSseClient } from "graphql-sse";
import { createClient as createWsClient } from "graphql-ws";
import WebSocket from "ws";
import { brief, sleep, within } from "./check.mjs";
import { apollo, graphqlSse, graphqlWs, ofSinks, relayModern, urql } from "./clients/adapters.mjs";
import { compileRelay } from "./codegen.mjs";
import { wire } from "./proxy.mjs";
import { ask, subject } from "./target.mjs";

const CHANGES = "documentsChangesSubscription";
const PAGE = 20;
const QUIET = 300; // ms in which nothing must come

export default async function clients(check, target) {
  await check("relay-compiler", compileRelay, 60_000);
  const line = await wire(new URL(target.http));
  const addresses = {
    http: target.http.replace(/\/\/[^/]+/, `//${line.host}`),
    stream: `${target.http}/stream`.replace(/\/\/[^/]+/, `//${line.host}`),
    ws: target.ws.replace(/\/\/[^/]+/, `//${line.host}`),
  };
  const makers = { "Apollo Client": apollo, "urql": urql, "Relay": relayModern, "graphql-ws": graphqlWs, "graphql-sse": graphqlSse };
  for (const [name, make] of Object.entries(makers)) {
    await client(check, target, line, name, make(addresses));
  }
  await retrying(check, target, line, "graphql-ws", (retry) =>
    createWsClient({ url: addresses.ws, webSocketImpl: WebSocket, shouldRetry: () => true, ...retry }));
  await retrying(check, target, line, "graphql-sse", (retry) => createSseClient({ url: addresses.stream, ...retry }));
  line.close();
}

async function client(check, target, line, name, client) {
  await check(`${name}: a query`, async () => {
    const { country } = await client.query("documentsCountryQuery", { code: "RW" });
    assert.equal(country.code, "RW");
    assert.deepEqual(country.neighbours.map(({ code }) => code), ["BI", "CD", "TZ", "UG"]);
  });
  await check(`${name}: a query over an interface and a union`, async () => {
    const { statements } = await client.query("documentsStatementsQuery", { first: 50 });
    assert.equal(statements.nodes.length, 50);
    assert.ok(statements.nodes.every(({ summary, subject }) => summary && subject), brief(statements));
  });
  await check(`${name}: two pages without overlap`, async () => {
    const whole = (await client.query("documentsPageQuery", { first: 2 * PAGE })).relationships;
    const one = (await client.query("documentsPageQuery", { first: PAGE })).relationships;
    assert.ok(one.pageInfo.hasNextPage && one.totalCount > PAGE, brief(one.pageInfo));
    const two = (await client.query("documentsPageQuery", { first: PAGE, after: one.pageInfo.endCursor })).relationships;
    const ids = [...one.edges, ...two.edges].map(({ node }) => node.id);
    assert.equal(new Set(ids).size, ids.length, "an item is on both pages");
    assert.deepEqual(ids, whole.edges.map(({ node }) => node.id));
  });
  await check(`${name}: a subscription hears of mutations, once each and in order`, async () => {
    const { filter, move } = await subject(target);
    const ear = listen(client, { filter, after: await head(target) });
    const changes = [await move(), await move()];
    await ear.hears(changes);
    ear.stop();
  });
  await check(`${name}: after a broken connection it resumes by cursor`, async () => {
    const { filter, move } = await subject(target);
    const before = listen(client, { filter, after: await head(target) });
    const first = await move();
    await before.hears([first]);
    line.cut();
    await before.ended().finally(() => line.mend());
    const missed = await move();
    const after = listen(client, { filter, after: first.cursor });
    const next = await move();
    await after.hears([missed, next]);
    after.stop();
  });
}

/** As README.md shows it: the client connects again by itself, and reads the cursor anew when it does. */
async function retrying(check, target, line, name, create) {
  await check(`${name}: by its own retries it resumes by cursor`, async () => {
    let mended;
    const mend = new Promise((resolve) => { mended = resolve; });
    const client = ofSinks(create({ retryAttempts: 5, retryWait: () => mend }));
    const { filter, move } = await subject(target);
    let after = await head(target);
    const ear = listen(client, { filter, get after() { return after; } }, (change) => { after = change.cursor; });
    const first = await move();
    await ear.hears([first]);
    line.cut();
    const missed = await move();
    line.mend();
    mended();
    await sleep(QUIET);
    const next = await move();
    await ear.hears([first, missed, next]);
    ear.stop();
  });
}

const head = async (target) => (await ask(target, "{ ledger { head { cursor } } }")).ledger.head.cursor;

/** What a subscription hears; `hears` waits for exactly these changes since the beginning. */
function listen(client, variables, handle = () => {}) {
  const heard = [];
  let wake = () => {};
  let over;
  const stop = client.subscribe(CHANGES, variables, {
    next({ stanceChanged: { cursor, from, to } }) {
      heard.push({ cursor, from, to });
      handle(heard.at(-1));
      wake();
    },
    end(error) {
      over = { error };
      wake();
    },
  });
  const until = (condition, what) => within(5000, new Promise((resolve) => {
    wake = () => { if (condition()) resolve(); };
    wake();
  }), what).catch((error) => { throw new Error(`${error.message}; heard ${brief(heard)}, ended by ${over && String(over.error)}`); });
  return {
    stop,
    async hears(changes) {
      await until(() => heard.length >= changes.length || over, `hearing ${changes.length} changes`);
      await sleep(QUIET);
      assert.deepEqual(heard, changes);
    },
    ended: () => until(() => over, "the end of the subscription"),
  };
}
