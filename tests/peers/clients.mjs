// Common GraphQL clients, each through a proxy that can break connections: a query, pages, a subscription, and a resume
// without gaps or repeats.

import assert from "node:assert/strict";
import { createClient as createSseClient } from "graphql-sse";
import { createClient as createWsClient } from "graphql-ws";
import WebSocket from "ws";
import { brief, sleep, within } from "./check.mjs";
import { apollo, graphqlSse, graphqlWs, ofSinks, relayModern, urql } from "./clients/adapters.mjs";
import { compileRelay } from "./codegen.mjs";
import { createProxy } from "./proxy.mjs";
import { ask, subject } from "./target.mjs";

const CHANGES = "documentsChangesSubscription";
const PAGE_SIZE = 20;
const QUIET_PERIOD = 300; // ms without any message

export default async function clients(check, target) {
  await check("relay-compiler", compileRelay, 60_000);
  const proxy = await createProxy(new URL(target.http));
  const addresses = {
    http: target.http.replace(/\/\/[^/]+/, `//${proxy.host}`),
    stream: `${target.http}/stream`.replace(/\/\/[^/]+/, `//${proxy.host}`),
    ws: target.ws.replace(/\/\/[^/]+/, `//${proxy.host}`),
  };
  const factories = { "Apollo Client": apollo, "urql": urql, "Relay": relayModern, "graphql-ws": graphqlWs, "graphql-sse": graphqlSse };
  for (const [name, create] of Object.entries(factories)) {
    await checkClient(check, target, proxy, name, create(addresses));
  }
  await checkRetries(check, target, proxy, "graphql-ws", (retry) =>
    createWsClient({ url: addresses.ws, webSocketImpl: WebSocket, shouldRetry: () => true, ...retry }));
  await checkRetries(check, target, proxy, "graphql-sse", (retry) => createSseClient({ url: addresses.stream, ...retry }));
  proxy.close();
}

export async function checkClient(check, target, proxy, name, client) {
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
    const whole = (await client.query("documentsPageQuery", { first: 2 * PAGE_SIZE })).relationships;
    const one = (await client.query("documentsPageQuery", { first: PAGE_SIZE })).relationships;
    assert.ok(one.pageInfo.hasNextPage && one.totalCount > PAGE_SIZE, brief(one.pageInfo));
    const two = (await client.query("documentsPageQuery", { first: PAGE_SIZE, after: one.pageInfo.endCursor })).relationships;
    const ids = [...one.edges, ...two.edges].map(({ node }) => node.id);
    assert.equal(new Set(ids).size, ids.length, "an item is on both pages");
    assert.deepEqual(ids, whole.edges.map(({ node }) => node.id));
  });
  await check(`${name}: a subscription receives each mutation once and in order`, async () => {
    const { filter, move } = await subject(target);
    const subscription = listen(client, { filter, after: await head(target) });
    const changes = [await move(), await move()];
    await subscription.expect(changes);
    subscription.stop();
  });
  await check(`${name}: resumes by cursor after a broken connection`, async () => {
    const { filter, move } = await subject(target);
    const before = listen(client, { filter, after: await head(target) });
    const first = await move();
    await before.expect([first]);
    proxy.cut();
    await before.ended().finally(() => proxy.restore());
    const missed = await move();
    const after = listen(client, { filter, after: first.cursor });
    const next = await move();
    await after.expect([missed, next]);
    after.stop();
  });
}

/** As documented in docs/subscriptions.md: the client reconnects on its own and reads the current cursor when it does. */
async function checkRetries(check, target, proxy, name, create) {
  await check(`${name}: resumes by cursor with its built-in retries`, async () => {
    let resolveRestored;
    const restored = new Promise((resolve) => { resolveRestored = resolve; });
    const client = ofSinks(create({ retryAttempts: 5, retryWait: () => restored }));
    const { filter, move } = await subject(target);
    let after = await head(target);
    const subscription = listen(client, { filter, get after() { return after; } }, (change) => { after = change.cursor; });
    const first = await move();
    await subscription.expect([first]);
    proxy.cut();
    const missed = await move();
    proxy.restore();
    resolveRestored();
    await sleep(QUIET_PERIOD);
    const next = await move();
    await subscription.expect([first, missed, next]);
    subscription.stop();
  });
}

const head = async (target) => (await ask(target, "{ ledger { head { cursor } } }")).ledger.head.cursor;

/** Subscribes to changes; `expect` waits for exactly these changes since the start. */
function listen(client, variables, handle = () => {}) {
  const received = [];
  let wake = () => {};
  let end;
  const stop = client.subscribe(CHANGES, variables, {
    next({ stanceChanged: { cursor, from, to } }) {
      received.push({ cursor, from, to });
      handle(received.at(-1));
      wake();
    },
    end(error) {
      end = { error };
      wake();
    },
  });
  const until = (condition, what) => within(5000, new Promise((resolve) => {
    wake = () => { if (condition()) resolve(); };
    wake();
  }), what).catch((error) => { throw new Error(`${error.message}; received ${brief(received)}, ended with ${end && String(end.error)}`); });
  return {
    stop,
    async expect(changes) {
      await until(() => received.length >= changes.length || end, `receiving ${changes.length} changes`);
      await sleep(QUIET_PERIOD);
      assert.deepEqual(received, changes);
    },
    ended: () => until(() => end, "the end of the subscription"),
  };
}
