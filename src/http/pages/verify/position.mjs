// The position of a relationship at a moment, from the facts about its statements: the rules of docs/queries.md, "Positions at a
// moment". facts.mjs reads the facts from the ledger. No packages; browsers and Node run it.
//
// Days are ISO 8601 texts, which sort as the days do. The empty text is an open start: it sorts before every day.

/** How far along the path to implementation a stance is. Where an order is uncertain, the higher rank wins. */
const RANK = {
  UNKNOWN: 0,
  NAMED: 1,
  APPROACHED: 2,
  NEGOTIATING: 3,
  AGREED_IN_PRINCIPLE: 4,
  AGREED: 5,
  REFUSED: 5,
  IMPLEMENTING: 6,
  SUSPENDED: 7,
  ENDED: 7,
};
const ALWAYS = { validOn: "9999-12-31", publishedBy: "9999-12-31", recordedBy: Infinity };

/**
 * The position at a moment; without a moment, that of now.
 *
 * `facts` are those of all statements about the relationship, in ledger order. `moment` may have `validOn` and `publishedBy`, which
 * are days, and `recordedBy`, in microseconds since 1970; an absent one does not restrict.
 */
export function position(facts, moment = {}) {
  const at = { ...ALWAYS, ...moment };
  const visible = visibleFacts(facts, at);
  const winners = winnersOf(visible, at);
  const basis = winners.at(-1);
  const rivals = rivalsOf(facts, visible, basis, at);
  const runStart = 1 + winners.findLastIndex((fact) => fact.stance !== basis.stance);
  return {
    stance: basis?.stance ?? "UNKNOWN",
    since: winners[runStart]?.validFrom ?? null,
    certain: !visible.some((fact) => mayHaveStarted(fact, basis, at)),
    disputed: rivals.length > 0,
    scope: basis?.scope ?? null,
    basis: basis?.number ?? null,
    rivals,
    visible: visible.map(({ number }) => number),
  };
}

/** Where an answer does not follow: [what, what follows, what was answered] each; none if all of it does. */
export function differences(follows, answered) {
  const pairs = (rivals) => rivals.map((pair) => pair.join(" against ")).join(", ");
  const parts = ["stance", "since", "certain", "disputed", "scope", "basis"].map((part) => [part, follows[part], answered[part]]);
  return [...parts, ["rivals", pairs(follows.rivals), pairs(answered.rivals)]].filter(([, one, other]) => one !== other);
}

/**
 * Rule 1. The statements that are recorded and public, not retracted, and not replaced by a correction that is so, too. A correction
 * that is itself corrected still replaces its original; one that is retracted does not.
 */
function visibleFacts(facts, at) {
  const replaced = new Set();
  const visible = [];
  for (const fact of facts.toReversed()) {
    const present = isPresent(fact, at);
    const isReplaced = replaced.has(fact.number);
    if (fact.corrects !== null && (present || isReplaced)) replaced.add(fact.corrects);
    if (present && !isReplaced) visible.push(fact);
  }
  return visible.reverse();
}

function isPresent(fact, at) {
  const retracted = fact.retractedAt !== null && fact.retractedAt <= at.recordedBy && dayOf(fact.retractedAt) <= at.publishedBy;
  return fact.recordedAt <= at.recordedBy && publishedOn(fact, at) <= at.publishedBy && !retracted;
}

/** The day from which a statement counts as public, as known at the moment; without a dated source, the day of its recording. */
function publishedOn(fact, at) {
  const known = fact.publications.findLast(({ recordedAt }) => recordedAt <= at.recordedBy);
  return known?.on ?? dayOf(fact.recordedAt);
}

/**
 * Rules 2 and 3. Every stance that won at some point, chronologically; the last is the one of the moment. Of two with the same bounds
 * the higher rank comes first, so that the order of recording decides nothing about different ranks.
 */
function winnersOf(visible, at) {
  const started = visible.filter((fact) => fact.stance !== null && fact.latest <= at.validOn);
  started.sort((one, other) => compare(one.latest, other.latest)
    || compare(one.earliest, other.earliest)
    || RANK[other.stance] - RANK[one.stance]
    || one.number - other.number);
  const winners = [];
  for (const fact of started) {
    if (winners.length === 0 || replaces(fact, winners.at(-1))) winners.push(fact);
  }
  return winners;
}

function replaces(next, winner) {
  const rank = RANK[next.stance] - RANK[winner.stance];
  const sameBounds = next.earliest === winner.earliest && next.latest === winner.latest;
  return certainlyStartedAfter(next, winner) || rank > 0 || (sameBounds && rank === 0);
}

const certainlyStartedAfter = (fact, other) => fact.earliest !== "" && fact.earliest > other.latest;

/** Rule 5. Whether another stance than the winner's may, but need not, have started. */
function mayHaveStarted(fact, winner, at) {
  return fact.stance !== null && fact.stance !== winner?.stance && fact.earliest <= at.validOn && fact.latest > at.validOn;
}

/**
 * Rule 6. The pairs of visible statements that contradict each other, the denying one first; without those that the winner certainly
 * started after. A correction that keeps disputes has those of the statement that it corrects.
 */
function rivalsOf(facts, visible, winner, at) {
  const byNumber = new Map(facts.map((fact) => [fact.number, fact]));
  const disputedAs = (fact) => {
    const corrected = fact.keepsDisputes ? byNumber.get(fact.corrects) : undefined;
    return corrected?.number < fact.number ? [fact, ...disputedAs(corrected)] : [fact];
  };
  const deniedAs = new Map(); // the visible statements whose disputes include those of a statement, by its number
  for (const fact of visible) {
    for (const { number } of disputedAs(fact)) deniedAs.set(number, [...(deniedAs.get(number) ?? []), fact]);
  }
  const isSuperseded = (...pair) => winner !== undefined && pair.every((fact) => certainlyStartedAfter(winner, fact));
  return visible.filter((fact) => fact.earliest <= at.validOn).flatMap((denying) => {
    const denied = disputedAs(denying).flatMap(({ contradicts }) => contradicts).flatMap((number) => deniedAs.get(number) ?? []);
    const others = denied.filter((fact) => fact !== denying && !isSuperseded(denying, fact)).map(({ number }) => number);
    return [...new Set(others)].sort((one, other) => one - other).map((number) => [denying.number, number]);
  });
}

const compare = (one, other) => (one < other ? -1 : Number(one > other));

/** The UTC day that contains an instant in microseconds since 1970. */
export const dayOf = (microseconds) => new Date(Math.floor(microseconds / 1000)).toISOString().slice(0, 10);
