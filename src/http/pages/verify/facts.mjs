// The facts about statements that a position follows from, read from the entries of the ledger in their order: docs/ledger-format.md
// has the payloads, position.mjs the rules. No packages; browsers and Node run it.

import { dayOf } from "./position.mjs";

export class Facts {
  #isWanted;
  #subjects = new Map(); // of all statements about relationships, by number
  #facts = new Map(); // of the wanted ones, by number
  #sources = new Map(); // by number

  /** Keeps the facts about the relationships that `isWanted` says; all of them otherwise. A relationship is "1 RW": the number of its
   * initiative and the code of the requested state, as signed lists of entries have it. */
  constructor(isWanted = () => true) {
    this.#isWanted = isWanted;
  }

  /** Reads the next entry of the ledger; returns the relationship in whose list it is, if it is in one. */
  add({ seq, kind, payload: text, recordedAt }) {
    const payload = JSON.parse(text);
    switch (kind) {
      case "SOURCE_REGISTERED":
        this.#sources.set(seq, { ...payload, registeredAt: recordedAt });
        return undefined;
      case "SOURCE_CORRECTED":
        this.#sources.set(payload.number, { ...payload.source, registeredAt: this.#sources.get(payload.number).registeredAt });
        for (const fact of this.#facts.values()) this.#publish(fact, recordedAt);
        return undefined;
      case "STATEMENT_RECORDED":
        return this.#addStatement(seq, recordedAt, payload, { corrects: null });
      case "STATEMENT_CORRECTED":
        return this.#addStatement(seq, recordedAt, payload.statement, payload);
      case "STATEMENT_RETRACTED":
        if (this.#facts.has(payload.statement)) this.#facts.get(payload.statement).retractedAt = recordedAt;
        return this.#subjects.get(payload.statement);
      case "EVIDENCE_ADDED":
        this.#addEvidence(this.#facts.get(payload.statement), recordedAt, payload.evidence);
        return this.#subjects.get(payload.statement);
      default:
        return undefined;
    }
  }

  /** The relationships that have a wanted statement, in the order of their first one. */
  get relationships() {
    return [...new Set([...this.#facts.keys()].map((number) => this.#subjects.get(number)))];
  }

  /** The facts about the statements of a relationship, in ledger order. */
  about(relationship) {
    return [...this.#facts.values()].filter(({ number }) => this.#subjects.get(number) === relationship);
  }

  #addStatement(number, recordedAt, statement, { corrects, keepsDisputes = false }) {
    const { relationship } = statement.subject;
    if (!relationship) return undefined;
    const subject = `${relationship.initiative} ${relationship.requestedState}`;
    this.#subjects.set(number, subject);
    if (!this.#isWanted(subject)) return subject;
    const { stance = null, scope = null } = statement.body.stance ?? {};
    const { earliest, latest } = bounds(statement.validFrom);
    const fact = {
      number,
      summary: statement.summary,
      stance,
      scope,
      validFrom: statement.validFrom,
      earliest,
      latest: earlier(latest, dayOf(recordedAt)), // no position changes because time passes
      recordedAt,
      corrects,
      keepsDisputes,
      contradicts: statement.contradicts,
      retractedAt: null,
      evidence: [],
      publications: [],
    };
    this.#facts.set(number, fact);
    this.#addEvidence(fact, recordedAt, statement.evidence);
    return subject;
  }

  #addEvidence(fact, recordedAt, evidence) {
    if (!fact) return;
    const supporting = evidence.filter(({ relation }) => relation === "SUPPORTS");
    fact.evidence.push(...supporting.map(({ source, publishedOn }) => ({ source, own: publishedOn && lastDay(publishedOn, recordedAt) })));
    this.#publish(fact, recordedAt);
  }

  /** Notes the day from which a statement is public, if it is another one than before: the earliest of its supporting sources. */
  #publish(fact, recordedAt) {
    const days = fact.evidence.map(({ source, own }) => own ?? this.#publicOn(source));
    const on = days.reduce(earlier, null);
    if (on !== (fact.publications.at(-1)?.on ?? null)) fact.publications.push({ recordedAt, on });
  }

  /** The last day on which a source, or an original that it derives from, can have become public; null without a date. */
  #publicOn(number) {
    const source = this.#sources.get(number);
    if (!source) return null;
    const own = source.publishedOn && lastDay(source.publishedOn, source.registeredAt);
    return earlier(own, source.derivedFrom && this.#publicOn(source.derivedFrom));
  }
}

/** The first and the last day that an EDTF date can mean: "" is an open start, null an open end. Marks do not widen the bounds. */
export function bounds(date) {
  const [start, end = start] = date.split("/").map((side) => (side === ".." ? undefined : side.replace(/[~?%]$/, "").split("-")));
  const lastOfMonth = (year, month) => new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
  const earliest = start === undefined ? "" : [start[0], start[1] ?? "01", start[2] ?? "01"].join("-");
  if (date.endsWith("/..")) return { earliest, latest: null };
  const latest = end.length === 3 ? end.join("-") : lastOfMonth(end[0], end[1] ?? 12);
  return { earliest, latest };
}

/** The last day that a date can mean, never after the day of recording. */
const lastDay = (date, recordedAt) => earlier(bounds(date).latest, dayOf(recordedAt));

/** The earlier of two days; null is none. */
const earlier = (one, other) => (one === null || (other !== null && other < one) ? other : one);
