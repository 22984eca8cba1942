// The modules of the page `/verify` against the server: what they fold from the exported ledger must be what the server answers, of all
// bundled relationships and of generated histories, at many moments. And examples/verify/position.mjs.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Facts } from "../../src/http/pages/verify/facts.mjs";
import { dayOf, differences, position } from "../../src/http/pages/verify/position.mjs";
import { generator, record } from "./positions/histories.mjs";
import { ask } from "./target.mjs";

const EXAMPLE = fileURLToPath(new URL("../../examples/verify/position.mjs", import.meta.url));
const SEED = Number(process.env.DEMARCHE_SEED ?? 15);
const STEPS = Number(process.env.DEMARCHE_STEPS ?? 900);
const MOMENTS = 60; // each asks for all relationships of an initiative
const COUNTRIES = ["AO", "BR", "CL", "DK", "EE", "FJ", "GH", "HN", "IS", "JM", "KE", "LA"];
const LIMIT = 300_000; // ms; a debug build records about 100 statements a second

const POSITIONS = `query Positions($i: ID!, $at: MomentInput, $after: String) {
  relationships(filter: { initiative: $i }, first: 100, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes {
      initiative { slug }
      requestedState { code }
      position(at: $at) { stance since certain disputed scope basis { number } rivals { statement { number } contradicts { number } } }
    }
  }
}`;

export default async function positions(check, target) {
  const { initiatives } = await ask(target, "{ initiatives { slug } }");
  const random = generator(SEED);
  const bundled = initiatives.map(({ slug }) => slug).filter((slug) => !slug.startsWith("peers-"));
  await check("every position of the bundled data follows from the ledger, at any moment", async () => {
    const ledger = await readLedger(target);
    for (const slug of bundled) await compare(target, ledger, slug, random);
  }, LIMIT);
  await check(`every position of generated histories follows from the ledger, at any moment (seed ${SEED})`, async () => {
    const { slug, counts } = await record(target, { seed: SEED, countries: COUNTRIES, steps: STEPS });
    for (const kind of ["recorded", "disputed", "corrected", "retracted", "evidence", "source"]) assert.ok(counts[kind] > 20, `${kind}: ${counts[kind]}`);
    const met = await compare(target, await readLedger(target), slug, random);
    for (const [what, count] of Object.entries(met)) assert.ok(count > 20, `${what}: ${count}`);
  }, LIMIT);
  await check("an altered position does not follow from the ledger", async () => {
    const { facts, numbers } = await readLedger(target);
    const { nodes: [first] } = await askPositions(target, bundled[0], null, null);
    const answered = answerOf(first.position);
    const follows = position(facts.about(relationshipOf(first, numbers)));
    for (const altered of [{ stance: "ENDED" }, { since: "1999" }, { disputed: !answered.disputed }, { certain: false }, { scope: "x" }, { basis: 1 }, { rivals: [[1, 2]] }]) {
      const [part] = Object.keys(altered);
      assert.deepEqual(differences(follows, { ...answered, ...altered }).map(([name]) => name), [part]);
    }
  });
  await check("examples/verify/position.mjs says what the server says", () => example(target, bundled[0]));
}

/** Compares the positions of an initiative at random moments; returns how many there were of each kind that is easily wrong. */
async function compare(target, { facts, numbers, instants }, slug, random) {
  const met = { disputed: 0, uncertain: 0, unknown: 0 };
  for (const moment of moments(random, instants)) {
    const at = { ...moment, ...(moment.recordedBy && { recordedBy: instantOf(moment.recordedBy) }) };
    let after = null;
    do {
      const { nodes, pageInfo } = await askPositions(target, slug, at, after);
      for (const node of nodes) {
        const answered = answerOf(node.position);
        const follows = position(facts.about(relationshipOf(node, numbers)), moment);
        const where = `${slug}, ${node.requestedState.code}, ${JSON.stringify(at)}`;
        assert.deepEqual(differences(follows, answered), [], where);
        assert.equal(follows.rivals.length, answered.rivals.length, where);
        met.disputed += Number(follows.disputed);
        met.uncertain += Number(!follows.certain);
        met.unknown += Number(follows.stance === "UNKNOWN");
      }
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after);
  }
  return met;
}

/** Now, and random moments on each clock and on all of them. */
function moments(random, instants) {
  const day = () => dayOf(Date.UTC(2024, random.below(24), 1 + random.below(31)) * 1000);
  const some = () => ({
    ...(random.chance(0.6) && { validOn: day() }),
    ...(random.chance(0.6) && { publishedBy: day() }),
    ...(random.chance(0.6) && { recordedBy: random.pick(instants) }),
  });
  return [{}, ...Array.from({ length: MOMENTS - 1 }, some)];
}

async function askPositions(target, i, at, after) {
  return (await ask(target, POSITIONS, { i, at, after })).relationships;
}

const answerOf = ({ basis, rivals, ...rest }) => ({
  ...rest,
  basis: basis?.number ?? null,
  rivals: rivals.map(({ statement, contradicts }) => [statement.number, contradicts.number]),
});
const relationshipOf = ({ initiative, requestedState }, numbers) => `${numbers.get(initiative.slug)} ${requestedState.code}`;
const instantOf = (microseconds) => `${new Date(Math.floor(microseconds / 1000)).toISOString().slice(0, 19)}.${String(microseconds % 1_000_000).padStart(6, "0")}Z`;

/** The facts of all relationships, the numbers of the initiatives, and the instants of all entries. */
async function readLedger(target) {
  const text = await exported(target);
  const entries = text.trim().split("\n").map((line) => JSON.parse(line)).filter(({ payload }) => payload !== undefined);
  const facts = new Facts();
  for (const entry of entries) facts.add(entry);
  const opened = entries.filter(({ kind }) => kind === "INITIATIVE_OPENED");
  return {
    facts,
    numbers: new Map(opened.map(({ seq, payload }) => [JSON.parse(payload).slug, seq])),
    instants: entries.map(({ recordedAt }) => recordedAt),
  };
}

const exported = async (target) => (await fetch(new URL("/export/ledger.ndjson", target.http))).text();

async function example(target, slug) {
  const folder = mkdtempSync(path.join(tmpdir(), "demarche-positions-"));
  try {
    const ledger = path.join(folder, "ledger.ndjson");
    writeFileSync(ledger, await exported(target));
    for (const at of [null, { validOn: "2025-08-01" }]) {
      const { nodes } = await askPositions(target, slug, at, null);
      for (const { requestedState: { code }, position: answered } of nodes.slice(0, 5)) {
        const printed = execFileSync(process.execPath, [EXAMPLE, ledger, slug, code, ...(at ? [at.validOn] : [])], { encoding: "utf8" });
        const [stance, since, basis] = [answered.stance, answered.since ?? "none", answered.basis?.number ?? "none"];
        assert.match(printed, new RegExp(`^stance ${stance}\nsince ${since.replaceAll(/[.?]/g, "\\$&")}\n`));
        assert.ok(printed.includes(`\nbasis ${basis}`), printed);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
