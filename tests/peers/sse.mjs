// Server-sent events: PROTOCOL.md of `graphql-sse` (distinct connections mode), with its own client and line by line, and
// resuming as EventSource does.

import assert from "node:assert/strict";
import { createClient } from "graphql-sse";
import { brief, sleep } from "./check.mjs";
import { limitOf, start } from "./server.mjs";
import { open } from "./stream.mjs";
import { bearer, subject } from "./target.mjs";

const RWANDA = '{ country(code: "RW") { code } }';
const CHANGES = `subscription Changes($filter: StanceChangeFilter, $after: String) {
  stanceChanged(filter: $filter, after: $after) { cursor from to }
}`;
const LEDGER = "subscription { ledgerAppended(kinds: []) { seq } }";
const QUIET_PERIOD = 300; // ms without any message

export default async function sse(check, target) {
  const url = `${target.http}/stream`;
  const timingChecks = timings(check, target);
  await client(check, target, url);
  for (const get of [false, true]) await format(check, target, url, get);
  await resume(check, target, url);
  await rejections(check, target, url);
  await timingChecks;
}

/** On a second server with short durations if one can be started; otherwise on the given server, concurrently. */
async function timings(check, target) {
  const server = target.binary && (await start(target.binary, { "--no-seed": true, "--keep-alive-interval": "500ms" }));
  const url = `${(server ?? target).http}/stream`;
  const pause = limitOf(server, "--keep-alive-interval", "4s");
  await check("an idle stream is kept open by comments", async () => {
    const stream = await open(url, { query: LEDGER });
    let block = await stream.next(pause + 3000);
    if (block.id) block = await stream.next(pause + 3000); // the starting cursor
    assert.ok(block.comment && !("data" in block) && !("event" in block), brief(block));
    stream.close();
  }, pause + 5000);
  if (!server) return;
  await check("on SIGTERM a stream ends without complete", async () => {
    const stream = await open(url, { query: LEDGER });
    server.terminate();
    assert.equal(await stream.event(), undefined);
  });
  await server.stop();
}

async function client(check, target, url) {
  const sseClient = createClient({ url });
  await check("graphql-sse: a query", async () => {
    const results = [];
    for await (const result of sseClient.iterate({ query: RWANDA })) results.push(result);
    assert.deepEqual(results, [{ data: { country: { code: "RW" } } }]);
  });
  await check("graphql-sse: a subscription receives a mutation", async () => {
    const { filter, move } = await subject(target);
    const events = sseClient.iterate({ query: CHANGES, variables: { filter } });
    const first = events.next();
    await sleep(QUIET_PERIOD);
    const change = await move();
    assert.deepEqual((await first).value, { data: { stanceChanged: change } });
    await events.return();
  });
  sseClient.dispose();
}

async function format(check, target, url, get) {
  const by = get ? "GET" : "POST";
  await check(`${by}: status and headers`, async () => {
    const { response, close } = await open(url, { query: RWANDA }, { get });
    assert.equal(response.status, 200);
    assert.match(response.headers.get("content-type"), /^text\/event-stream(; ?charset=utf-8)?$/);
    assert.match(response.headers.get("cache-control"), /no-cache|no-store/);
    close();
  });
  await check(`${by}: a query sends one next and one complete, then ends`, async () => {
    const stream = await open(url, { query: RWANDA }, { get });
    const { raw, event, data, id } = await stream.event();
    assert.deepEqual({ event, id }, { event: "next", id: undefined }, raw);
    assert.deepEqual(JSON.parse(data), { data: { country: { code: "RW" } } });
    // EventSource dispatches an event only if it has a data line, which may be empty.
    assert.equal((await stream.event()).raw, "event: complete\ndata: ");
    assert.equal(await stream.event(), undefined);
  });
  await check(`${by}: operationName and variables`, async () => {
    const query = "query A { __typename } query B($code: ID!) { country(code: $code) { code } }";
    const stream = await open(url, { query, operationName: "B", variables: { code: "RW" } }, { get });
    assert.deepEqual(JSON.parse((await stream.event()).data), { data: { country: { code: "RW" } } });
  });
  await check(`${by}: a subscription receives a mutation, with its cursor as the id`, async () => {
    const { filter, move } = await subject(target);
    const stream = await open(url, { query: CHANGES, variables: { filter } }, { get });
    for (let n = 0; n < 2; n += 1) {
      const change = await move();
      const { raw, event, id, data } = await stream.event();
      assert.deepEqual({ event, id }, { event: "next", id: change.cursor }, raw);
      assert.deepEqual(JSON.parse(data), { data: { stanceChanged: change } });
    }
    stream.close();
  });
}

async function resume(check, target, url) {
  for (const get of [false, true]) {
    await check(`${get ? "GET" : "POST"}: Last-Event-ID returns exactly the missed events`, async () => {
      const { filter, move } = await subject(target);
      const params = { query: CHANGES, variables: { filter } };
      const before = await open(url, params, { get });
      await move();
      const { id } = await before.event();
      before.close();
      const missed = [await move(), await move()];
      await expectChanges(await open(url, params, { get, headers: { "last-event-id": id } }), missed, move);
    });
  }
  await check("Last-Event-ID overrides `after`, which EventSource repeats unchanged", async () => {
    const { filter, move } = await subject(target);
    const [first, second, third] = [await move(), await move(), await move()];
    const params = { query: CHANGES, variables: { filter, after: first.cursor } };
    const headers = { "last-event-id": second.cursor };
    await expectChanges(await open(url, params, { get: true, headers }), [third], move);
  });
  await check("a stream that breaks before its first event resumes from its start", async () => {
    const { filter, move } = await subject(target);
    const params = { query: CHANGES, variables: { filter } };
    const before = await open(url, params, { get: true });
    const { id, raw } = await before.next();
    assert.ok(id, raw);
    before.close();
    const missed = await move();
    await expectChanges(await open(url, params, { get: true, headers: { "last-event-id": id } }), [missed], move);
  });
  await check("events have ids even if the cursor is not selected", async () => {
    const { filter, move } = await subject(target);
    const query = CHANGES.replace("cursor from", "from");
    const stream = await open(url, { query, variables: { filter } });
    const change = await move();
    assert.equal((await stream.event()).id, change.cursor);
    stream.close();
  });
  await check("an empty Last-Event-ID is ignored", async () => {
    const { filter, move } = await subject(target);
    await move();
    await sleep(QUIET_PERIOD);
    const headers = { "last-event-id": "" };
    await expectChanges(await open(url, { query: CHANGES, variables: { filter } }, { headers }), [], move);
  });
  await check("a Last-Event-ID that cannot be honoured is rejected", async () => {
    const stream = await open(url, { query: CHANGES }, { get: true, headers: { "last-event-id": "garbage" } });
    const { status, errors } = await stream.readError();
    assert.equal(status, 400);
    assert.equal(errors[0].extensions.code, "CURSOR_INVALID");
  });
}

/** Expects exactly these changes from the stream, and then one more that is recorded now. */
async function expectChanges(stream, changes, move) {
  for (const change of [...changes, undefined]) {
    const expected = change ?? (await move());
    const { id, data } = await stream.event();
    assert.deepEqual(JSON.parse(data), { data: { stanceChanged: expected } });
    assert.equal(id, expected.cursor);
  }
  stream.close();
}

async function rejections(check, target, url) {
  const invalid = {
    "a syntax error": { query: "{" },
    "an unknown field": { query: "{ nothing }" },
    "an unknown argument of a subscription": { query: "subscription { ledgerAppended(x: 1) { seq } }" },
    "an unknown operationName": { query: RWANDA, operationName: "B" },
    "a missing variable": { query: "query($code: ID!) { country(code: $code) { code } }" },
    "a bad cursor": { query: CHANGES, variables: { after: "garbage" } },
    "a request without a query": { variables: {} },
    "variables that are a list": { query: RWANDA, variables: [] },
  };
  for (const get of [false, true]) {
    for (const [name, params] of Object.entries(invalid)) {
      await check(`${get ? "GET" : "POST"}: 400 for ${name}`, async () => {
        const { status, errors, ...rest } = await (await open(url, params, { get })).readError();
        assert.equal(status, 400, brief(errors));
        assert.ok(errors.length > 0 && errors.every(({ message }) => message), brief(errors));
        assert.deepEqual(rest, {}, "nothing was executed, so there is no data");
      });
    }
  }
  for (const accept of ["application/json", "text/html", "text/event-stream;q=0"]) {
    for (const get of [false, true]) {
      await check(`${get ? "GET" : "POST"}: 406 for Accept: ${accept}`, async () => {
        const stream = await open(url, { query: RWANDA }, { get, headers: { accept } });
        assert.equal((await stream.readError()).status, 406);
      });
    }
  }
  for (const accept of ["*/*", "text/*", "application/json, text/event-stream;q=0.5"]) {
    await check(`Accept: ${accept} returns a stream`, async () => {
      const stream = await open(url, { query: RWANDA }, { headers: { accept } });
      assert.equal(stream.response.status, 200);
      stream.close();
    });
  }
  await methods(check, target, url);
}

async function methods(check, target, url) {
  const input = { idempotencyKey: "never", slug: "never", title: "x", summary: "x", requestingState: "US" };
  const query = "mutation($input: OpenInitiativeInput!) { openInitiative(input: $input) { initiative { slug } } }";
  await check("405 for a mutation by GET", async () => {
    const stream = await open(url, { query, variables: { input } }, { get: true, headers: bearer(target) });
    assert.equal((await stream.readError()).status, 405);
    assert.equal(stream.response.headers.get("allow"), "POST");
  });
  await check("a mutation by POST sends one next and one complete", async () => {
    const slug = `peers-sse-${process.pid}-${Date.now()}`;
    const variables = { input: { ...input, idempotencyKey: slug, slug } };
    const stream = await open(url, { query, variables }, { headers: bearer(target) });
    assert.deepEqual(JSON.parse((await stream.event()).data), { data: { openInitiative: { initiative: { slug } } } });
    assert.equal((await stream.event()).event, "complete");
  });
  await check("405 for PUT, which would reserve a single connection", async () => {
    assert.equal((await fetch(url, { method: "PUT" })).status, 405);
  });
  await check("415 for a body whose content type is not JSON", async () => {
    const stream = await open(url, { query: RWANDA }, { headers: { "content-type": "text/plain" } });
    assert.equal((await stream.readError()).status, 415);
  });
  await check("401 for a bad token", async () => {
    const stream = await open(url, { query: RWANDA }, { headers: { authorization: "Bearer unknown" } });
    assert.equal((await stream.readError()).status, 401);
  });
}
