// From `subscribe` to the last message of its id.

import assert from "node:assert/strict";
import { brief } from "../check.mjs";
import { connect } from "../socket.mjs";
import { bearer, subject } from "../target.mjs";

const RWANDA = '{ country(code: "RW") { code } }';
const CHANGES = `subscription Changes($filter: StanceChangeFilter, $after: String) {
  stanceChanged(filter: $filter, after: $after) { cursor from to }
}`;
const LEDGER = "subscription { ledgerAppended { seq } }";

const subscribe = (id, query, more) => ({ type: "subscribe", id, payload: { query, ...more } });

export async function operations(check, target) {
  await queries(check, target);
  await mutations(check, target);
  await subscriptions(check, target);
  await requestErrors(check, target);
  await ids(check, target);
  await together(check, target);
}

/** Runs a query with this id; expects next and complete. */
async function expectResult(socket, id, query = RWANDA, data = { country: { code: "RW" } }, more = {}) {
  socket.send(subscribe(id, query, more));
  assert.deepEqual(await socket.next(), { type: "next", id, payload: { data } });
  assert.deepEqual(await socket.next(), { type: "complete", id });
}

async function queries(check, target) {
  await check("a query gets next, complete and nothing more", async () => {
    const socket = await connect(target.ws);
    await expectResult(socket, "1");
    await socket.quiet();
  });
  await check("a query with operationName and variables", async () => {
    const document = "query A { __typename } query B($code: ID!) { country(code: $code) { code } }";
    const more = { operationName: "B", variables: { code: "RW" }, extensions: {} };
    await expectResult(await connect(target.ws), "1", document, undefined, more);
  });
  await check("null for operationName, variables and extensions is the same as leaving them out", async () => {
    await expectResult(await connect(target.ws), "1", RWANDA, undefined, { operationName: null, variables: null, extensions: null });
  });
  await check("an error in a field is next, then complete", async () => {
    const socket = await connect(target.ws);
    socket.send(subscribe("1", "{ relationships(first: 1000) { totalCount } }"));
    const { type, payload } = await socket.next();
    assert.equal(type, "next");
    assert.equal(payload.data, null);
    assert.deepEqual(payload.errors[0].path, ["relationships"]);
    assert.deepEqual(await socket.next(), { type: "complete", id: "1" });
  });
}

async function mutations(check, target) {
  await check("a mutation gets next, complete and nothing more", async () => {
    const socket = await connect(target.ws, { Authorization: bearer(target).authorization });
    const slug = `peers-${process.pid}-${Date.now()}`;
    const input = { idempotencyKey: slug, slug, title: "A test", summary: "A test.", requestingState: "US" };
    const document = "mutation($input: OpenInitiativeInput!) { openInitiative(input: $input) { initiative { slug } } }";
    await expectResult(socket, "1", document, { openInitiative: { initiative: { slug } } }, { variables: { input } });
    await socket.quiet();
  });
}

async function subscriptions(check, target) {
  await check("a subscription receives a mutation", async () => {
    const { filter, move } = await subject(target);
    const socket = await connect(target.ws);
    socket.send(subscribe("1", CHANGES, { variables: { filter } }));
    await socket.quiet();
    const change = await move();
    assert.deepEqual(await socket.next(), { type: "next", id: "1", payload: { data: { stanceChanged: change } } });
    await socket.quiet();
  });
  await check("a subscription resumes after a cursor", async () => {
    const { filter, move } = await subject(target);
    const [{ cursor: after }, missed] = [await move(), await move()];
    const socket = await connect(target.ws);
    socket.send(subscribe("1", CHANGES, { variables: { filter, after } }));
    assert.deepEqual((await socket.next()).payload, { data: { stanceChanged: missed } });
    await socket.quiet();
  });
  await check("without a cursor it receives nothing that was acknowledged before", async () => {
    const socket = await connect(target.ws);
    for (let round = 0; round < 3; round += 1) {
      const expected = await Promise.all(Array.from({ length: 10 }, async (_, n) => {
        const { filter, move } = await subject(target);
        await move();
        socket.send(subscribe(`${round} ${n}`, CHANGES, { variables: { filter } }));
        return [`${round} ${n}`, await move()];
      }));
      const messages = [];
      while (messages.length < expected.length) messages.push(await socket.next());
      assert.deepEqual(Object.fromEntries(messages.map(({ id, payload }) => [id, payload.data.stanceChanged])), Object.fromEntries(expected));
      for (const [id] of expected) socket.send({ type: "complete", id });
      await socket.quiet();
    }
  });
  await check("a client's complete is not echoed, and nothing more comes", async () => {
    const { filter, move } = await subject(target);
    const socket = await connect(target.ws);
    socket.send(subscribe("1", CHANGES, { variables: { filter } }));
    socket.send({ type: "complete", id: "1" });
    await socket.quiet();
    await move();
    await socket.quiet();
  });
  await check("complete of an unknown id, or twice, is ignored", async () => {
    const socket = await connect(target.ws);
    socket.send(subscribe("1", LEDGER));
    for (const id of ["2", "1", "1"]) socket.send({ type: "complete", id });
    await socket.quiet();
    await expectResult(socket, "1");
  });
  await check("a cursor that cannot be honoured is an error", async () => {
    const socket = await connect(target.ws);
    await expectRequestError(socket, subscribe("1", CHANGES, { variables: { after: "garbage" } }));
  });
}

/** Expects a request error: one `error` message with a list, no further message, and the id can be reused. */
async function expectRequestError(socket, message) {
  socket.send(message);
  const { type, id, payload, ...rest } = await socket.next();
  assert.deepEqual({ type, id, rest }, { type: "error", id: message.id, rest: {} }, brief(payload));
  assert.ok(Array.isArray(payload) && payload.length > 0, brief(payload));
  for (const error of payload) assert.equal(typeof error.message, "string");
  await socket.quiet();
  await expectResult(socket, message.id);
}

async function requestErrors(check, target) {
  const cases = {
    "a syntax error": ["{"],
    "an empty document": [""],
    "a document of fragments only": ["fragment A on Query { __typename }"],
    "an unknown field": ["{ nothing }"],
    "an unknown argument of a subscription": ["subscription { ledgerAppended(x: 1) { seq } }"],
    "an unknown operationName": ["query A { __typename }", { operationName: "B" }],
    "several operations and no operationName": ["query A { __typename } query B { __typename }"],
    "a missing variable": ["query($code: ID!) { country(code: $code) { code } }"],
    "null for a non-null variable": ["query($code: ID!) { country(code: $code) { code } }", { variables: { code: null } }],
    "a variable of the wrong type": ["query($n: Int) { relationships(first: $n) { totalCount } }", { variables: { n: "x" } }],
    "an unknown value of an enum in a variable": ["subscription($k: [EntryKind!]) { ledgerAppended(kinds: $k) { seq } }", { variables: { k: ["X"] } }],
  };
  for (const [name, [query, more]] of Object.entries(cases)) {
    await check(`${name} is an error, and no complete follows`, async () => {
      await expectRequestError(await connect(target.ws), subscribe("1", query, more));
    });
  }
}

async function ids(check, target) {
  for (const second of [LEDGER, RWANDA]) {
    await check(`4409 for an active id: ${second}`, async () => {
      const socket = await connect(target.ws);
      socket.send(subscribe("one", LEDGER));
      socket.send(subscribe("one", second));
      assert.deepEqual(await socket.closed(), { code: 4409, reason: "Subscriber for one already exists" });
    });
  }
  await check("an id can be reused immediately after complete of the client", async () => {
    const { filter, move } = await subject(target);
    const socket = await connect(target.ws);
    socket.send(subscribe("1", LEDGER));
    socket.send({ type: "complete", id: "1" });
    socket.send(subscribe("1", CHANGES, { variables: { filter } }));
    await socket.quiet();
    const change = await move();
    assert.deepEqual((await socket.next()).payload, { data: { stanceChanged: change } });
    await socket.quiet();
  });
  await check("an id can be reused after complete of the server", async () => {
    const socket = await connect(target.ws);
    for (let round = 0; round < 3; round += 1) await expectResult(socket, "1");
  });
  for (const id of ["é😀", " ", "x".repeat(200), "0", "__proto__"]) {
    await check(`an id may be any text: ${brief(id, 20)}`, async () => expectResult(await connect(target.ws), id));
  }
}

async function together(check, target) {
  await check("queries and subscriptions run concurrently", async () => {
    const subjects = await Promise.all([1, 2, 3].map(() => subject(target)));
    const socket = await connect(target.ws);
    subjects.forEach(({ filter }, n) => socket.send(subscribe(`s${n}`, CHANGES, { variables: { filter } })));
    for (let n = 0; n < 10; n += 1) socket.send(subscribe(`q${n}`, RWANDA));
    const messages = [];
    while (messages.length < 20) messages.push(await socket.next());
    for (let n = 0; n < 10; n += 1) {
      assert.deepEqual(messages.filter(({ id }) => id === `q${n}`).map(({ type }) => type), ["next", "complete"]);
    }
    for (const [n, { move }] of subjects.entries()) {
      const change = await move();
      assert.deepEqual(await socket.next(), { type: "next", id: `s${n}`, payload: { data: { stanceChanged: change } } });
    }
    await socket.quiet();
  });
}
