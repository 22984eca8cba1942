// Random histories of relationships, recorded on the server: statements with uncertain dates, corrections of corrections, retractions,
// disputes, evidence added later, and sources whose dates are corrected. The same seed makes the same histories.

import { randomBytes } from "node:crypto";
import { ask, bearer } from "../target.mjs";

const STANCES = ["NAMED", "APPROACHED", "NEGOTIATING", "AGREED_IN_PRINCIPLE", "AGREED", "REFUSED", "IMPLEMENTING", "SUSPENDED", "ENDED"];
const SOURCES = 12;
const YEARS = [2024, 2025];

/** Records `steps` random writes about `countries` in a new initiative; returns its slug and how many writes of each kind it made. */
export async function record(target, { seed, countries, steps }) {
  const random = generator(seed);
  const slug = `peers-${unique()}`;
  await write(target, "openInitiative", "initiative { id }", { slug, title: "A test", summary: "A test.", requestingState: "US" });
  const state = { target, random, slug, sources: [], statements: [], counts: {} };
  for (let number = 0; number < SOURCES; number += 1) await registerSource(state);
  for (let step = 0; step < steps; step += 1) {
    const country = random.pick(countries);
    const act = random.pick([recordStatement, recordStatement, recordStatement, correct, correct, retract, addEvidence, correctSource]);
    const name = await act(state, country);
    state.counts[name] = (state.counts[name] ?? 0) + 1;
  }
  return { slug, counts: state.counts };
}

async function registerSource({ target, random, sources }) {
  const source = { ...sourceData(random, sources), kind: "NEWS" };
  const { id, version } = (await write(target, "registerSource", "source { id version }", source)).source;
  sources.push({ id, version });
}

/** A date or none, and sometimes an original among earlier sources, so that none derives from itself. */
function sourceData(random, earlier) {
  return {
    publisher: "A newspaper",
    title: `A report ${unique()}`, // a correction changes something
    publishedOn: random.chance(0.8) ? date(random) : null,
    derivedFrom: earlier.length > 0 && random.chance(0.3) ? random.pick(earlier).id : null,
  };
}

async function recordStatement(state, country) {
  const others = state.statements.filter((one) => one.country === country);
  const contradicts = atMostOne(state.random, others);
  const content = { ...statement(state, contradicts), subject: { relationship: { initiative: state.slug, requestedState: country } } };
  await add(state, country, "recordStatement", content);
  return contradicts.length > 0 ? "disputed" : "recorded";
}

async function correct(state, country) {
  const corrected = standing(state, country);
  if (!corrected) return recordStatement(state, country);
  const contradicts = atMostOne(state.random, state.statements.filter((one) => one.country === country && one !== corrected));
  const settlesDisputes = state.random.chance(0.3);
  const content = { ...statement(state, contradicts), statement: corrected.id, settlesDisputes };
  await add(state, country, "correctStatement", content, corrected);
  corrected.standing = false;
  return "corrected";
}

async function retract(state, country) {
  const retracted = standing(state, country);
  if (!retracted) return recordStatement(state, country);
  await write(state.target, "retractStatement", "statement { id }", { statement: retracted.id, reason: "Withdrawn" });
  retracted.standing = false;
  if (retracted.corrects) retracted.corrects.standing = true;
  return "retracted";
}

async function addEvidence(state, country) {
  const supported = standing(state, country);
  if (!supported) return recordStatement(state, country);
  await write(state.target, "addEvidence", "statement { id }", { statement: supported.id, evidence: [evidence(state)] });
  return "evidence";
}

async function correctSource({ target, random, sources }) {
  const index = random.below(sources.length);
  const source = sources[index];
  const content = { ...sourceData(random, sources.slice(0, index)), kind: "NEWS", source: source.id, version: source.version, reason: "A wrong date" };
  source.version = (await write(target, "correctSource", "source { version }", content)).source.version;
  return "source";
}

async function add({ target, statements }, country, mutation, content, corrects = null) {
  const { id } = (await write(target, mutation, "statement { id }", content)).statement;
  statements.push({ id, country, standing: true, corrects });
}

function statement(state, contradicts) {
  const { random } = state;
  const kind = random.chance(0.85) ? { stance: { stance: random.pick(STANCES), scope: random.chance(0.1) ? "One flight." : null } } : { denial: { of: "REQUEST", detail: "None." } };
  return {
    claimant: { kind: "PRESS", label: "A newspaper" },
    validFrom: date(random),
    summary: `Said ${unique()}.`,
    body: kind,
    contradicts: contradicts.map(({ id }) => id),
    evidence: [evidence(state), ...(random.chance(0.3) ? [evidence(state, random.pick(["SUPPORTS", "MENTIONS", "CONTRADICTS"]))] : [])],
  };
}

function evidence({ random, sources }, relation = "SUPPORTS") {
  return { source: random.pick(sources).id, relation, publishedOn: random.chance(0.2) ? date(random) : null };
}

const standing = ({ random, statements }, country) => random.pick(statements.filter((one) => one.standing && one.country === country));
const atMostOne = (random, items) => (items.length > 0 && random.chance(0.3) ? [random.pick(items)] : []);

/** An EDTF date: a day, month or year, perhaps with a mark, or an interval, perhaps with an open end. */
function date(random) {
  const two = (number) => String(number).padStart(2, "0");
  const [year, month, day] = [random.pick(YEARS), two(1 + random.below(12)), two(1 + random.below(28))];
  const mark = random.pick(["", "", "", "~", "?", "%"]);
  return random.pick([
    `${year}-${month}-${day}${mark}`,
    `${year}-${month}-${day}`,
    `${year}-${month}${mark}`,
    `${year}${mark}`,
    `../${year}-${month}-${day}`,
    `${year}-${month}-${day}/..`,
    `${year}-01-${day}/${year}-${two(2 + random.below(11))}`,
  ]);
}

async function write(target, mutation, selection, content) {
  const type = `${mutation[0].toUpperCase()}${mutation.slice(1)}Input!`;
  const document = `mutation($input: ${type}) { ${mutation}(input: $input) { ${selection} } }`;
  return (await ask(target, document, { input: { idempotencyKey: unique(), ...content } }, bearer(target)))[mutation];
}

const unique = () => randomBytes(6).toString("hex");

/** Random numbers by a seed (mulberry32). */
export function generator(seed) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    below: (limit) => Math.floor(next() * limit),
    chance: (share) => next() < share,
    pick: (items) => items[Math.floor(next() * items.length)],
  };
}
