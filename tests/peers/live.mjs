// The recipes of docs/live-queries.md: each client, as the document sets it up, has the answer at any time, also after a broken
// connection and after patches that do not fit. Patches are applied by fast-json-patch.

import assert from "node:assert/strict";
import jsonpatch from "fast-json-patch";
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { within } from "./check.mjs";
import { liveQuery } from "./clients/live.js";
import { following } from "./live_recipes/following.mjs";
import { checkRecipes } from "./recipe.mjs";
import { ask, subject } from "./target.mjs";

const PATIENCE = 30_000; // ms; the clients wait longer after each failure
/** Changes, and readers of the patches that bring them; the long form sets more. */
const CHANGES = Number(process.env.DEMARCHE_LIVE_CHANGES ?? 60);
const READERS = Number(process.env.DEMARCHE_LIVE_READERS ?? 3);
/** Changes of one country. */
const MOVES = 6;

export default async function live(check, target) {
  await checkRecipes(check, target, {
    document: "docs/live-queries.md",
    folder: "live_recipes",
    promise: "the recipe has the answer after each change and each broken connection",
    follow: (proxy, options) => follows(target, proxy, options),
    patience: 4 * PATIENCE,
  });
  await check("a patch that does not fit leads to the whole answer", () => recovers(target), PATIENCE);
  await check(`fast-json-patch applies the patches of ${CHANGES} changes for ${READERS} readers`, () => applies(target), PATIENCE + 100 * CHANGES * (READERS + 10));
}

/** The query, its variables, and the answer to it without `@live`. */
async function question(target) {
  const { move, filter } = await subject(target);
  const variables = { slug: filter.initiatives[0] };
  const plain = liveQuery.replace(/, \$after: String\) @live\(.*?\)/, ")");
  return { move, variables, fresh: () => ask(target, plain, variables) };
}

async function follows(target, proxy, { watch, ...addresses }) {
  const { move, variables, fresh } = await question(target);
  const { default: request } = await import("./generated/relay/liveRelationshipsQuery.graphql.js");
  let [answer, end, wake] = [undefined, undefined, () => {}];
  const stop = watch({
    ...addresses,
    webSocketImpl: WebSocket,
    query: liveQuery,
    request,
    variables,
    onAnswer(data) { answer = data; wake(); },
    onEnd(error) { end = { error }; wake(); },
  });
  const expect = async () => {
    const expected = textOf(await fresh());
    const isThere = () => end || (answer && textOf(answer) === expected);
    await within(PATIENCE, new Promise((resolve) => {
      wake = () => { if (isThere()) resolve(); };
      wake();
    }), "receiving the answer");
    assert.equal(end, undefined, String(end?.error?.message ?? end?.error));
  };
  await expect();
  await move();
  await expect();
  for (let breaks = 0; breaks < 2; breaks += 1) {
    proxy.cut();
    await move();
    proxy.restore();
    await expect();
  }
  await move();
  await expect();
  stop();
}

/** The text of a document, in its order, without what clients add to objects. */
const textOf = (document) => JSON.stringify(document, (key, value) => (key.startsWith("__") ? undefined : value));

/** A client whose document is damaged receives the whole answer again. */
async function recovers(target) {
  const { move, variables, fresh } = await question(target);
  const client = createClient({ url: target.ws, webSocketImpl: WebSocket });
  let [starts, wake, answer] = [0, () => {}, undefined];
  const damaging = {
    subscribe(request, sink) {
      starts += 1;
      return client.subscribe(request, {
        ...sink,
        next(result) {
          const patch = result.extensions?.live?.patch;
          sink.next(patch && starts === 1 ? damaged(result) : result);
        },
      });
    },
  };
  const stop = following(damaging).subscribe({ query: liveQuery, variables }, {
    next({ data }) { answer = data; wake(); },
    error(error) { throw error; },
    complete() {},
  });
  const until = (condition) => within(PATIENCE, new Promise((resolve) => {
    wake = () => { if (condition()) resolve(); };
    wake();
  }), "receiving");
  await until(() => answer);
  await move();
  const expected = textOf(await fresh());
  await until(() => textOf(answer) === expected);
  assert.equal(starts, 2);
  stop();
  await client.dispose();
}

function damaged(result) {
  const patch = [{ op: "replace", path: "/initiative/relationships/nodes/9999/stance", value: "x" }];
  return { ...result, extensions: { live: { ...result.extensions.live, patch } } };
}

/** Each reader applies its patches as they come; after each change its document is the fresh answer. */
async function applies(target) {
  const questions = [];
  for (let at = 0; at < Math.ceil(CHANGES / MOVES); at += 1) questions.push(await question(target));
  const { variables, fresh } = questions[0];
  const readers = [];
  for (let at = 0; at < READERS; at += 1) readers.push(await reader(target, variables));
  for (let change = 0; change < CHANGES; change += 1) {
    await questions[change % questions.length].move();
    const expected = textOf(await fresh());
    for (const one of readers) {
      while (textOf(one.document) !== expected) await one.next();
    }
  }
  const patches = readers.reduce((sum, one) => sum + one.patches, 0);
  assert.ok(patches > CHANGES * READERS / 2, `${patches} patches`);
  console.log(`      ${patches} patches of ${CHANGES} changes for ${READERS} readers`);
  for (const one of readers) await one.close();
}

async function reader(target, variables) {
  const client = createClient({ url: target.ws, webSocketImpl: WebSocket });
  const answers = client.iterate({ query: liveQuery, variables });
  const { value: { data } } = await answers.next();
  return {
    document: data,
    patches: 0,
    async next() {
      const { value: { data, extensions } } = await answers.next();
      const { patch } = extensions.live;
      this.document = patch ? jsonpatch.applyPatch(this.document, patch, true).newDocument : data;
      this.patches += patch ? 1 : 0;
    },
    async close() {
      await answers.return();
      await client.dispose();
    },
  };
}
