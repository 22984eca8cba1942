//! What editors send.

use demarche::model::id::GlobalId;
use serde_json::{Value, json};

use crate::date::Date;
use crate::rules::{Body, Claim, Content, Evidence, Ledger, Moment, Subject, What};

/// A mutation, what is asked of the object that it gives, and its input but for the idempotency key.
pub struct Wording {
    pub mutation: &'static str,
    pub object: &'static str,
    pub input: Value,
}

pub fn word(ledger: &Ledger, content: &Content) -> Wording {
    let words = &content.words;
    let (mutation, object, input) = match &content.what {
        What::Initiative { slug, requesting } => (
            "openInitiative",
            "initiative { slug title }",
            initiative(slug, words, requesting),
        ),
        What::Source {
            published,
            original,
        } => (
            "registerSource",
            "source { publishedOn title }",
            source(words, published.as_ref(), *original),
        ),
        What::Statement(claim) => {
            let mut input = statement(claim, words);
            input["subject"] = subject(ledger, &claim.subject);
            ("recordStatement", STATEMENT, input)
        }
        What::Correction { of, claim } => {
            ("correctStatement", STATEMENT, correction(*of, claim, words))
        }
        What::Retraction { of } => (
            "retractStatement",
            STATEMENT,
            json!({ "statement": statement_id(*of), "reason": words }),
        ),
        What::Evidence { of, evidence } => {
            ("addEvidence", STATEMENT, addition(*of, evidence, words))
        }
    };
    Wording {
        mutation,
        object,
        input,
    }
}

const STATEMENT: &str = "statement { number standing }";

/// As documents have it, too.
pub fn initiative(slug: &str, title: &str, requesting: &str) -> Value {
    json!({
        "slug": slug, "title": title, "summary": "What is asked.",
        "requestingState": requesting, "startedOn": "2025-01-20",
    })
}

fn source(title: &str, published: Option<&Date>, original: Option<i64>) -> Value {
    json!({
        "kind": "NEWS", "publisher": "A newspaper", "title": title, "language": "en",
        "url": "https://example.org/report",
        "publishedOn": published.map(|date| &date.text),
        "derivedFrom": original.map(source_id),
    })
}

fn statement(claim: &Claim, words: &str) -> Value {
    let contradicts = claim.contradicts.iter().map(|id| statement_id(*id));
    json!({
        "claimant": { "kind": "PRESS", "label": "A newspaper" },
        "validFrom": claim.from.text,
        "summary": words,
        "body": body(claim.body),
        "evidence": list(&claim.evidence),
        "contradicts": contradicts.collect::<Vec<_>>(),
    })
}

fn correction(of: i64, claim: &Claim, words: &str) -> Value {
    let mut input = statement(claim, words);
    input["statement"] = statement_id(of).into();
    input["reason"] = "It was wrong".into();
    input
}

fn addition(of: i64, evidence: &[Evidence], locator: &str) -> Value {
    let mut evidence = list(evidence);
    evidence[0]["locator"] = locator.into();
    json!({ "statement": statement_id(of), "evidence": evidence })
}

fn subject(ledger: &Ledger, subject: &Subject) -> Value {
    match subject {
        Subject::Relationship(initiative, state) => {
            let initiative = ledger.slug(*initiative);
            json!({ "relationship": { "initiative": initiative, "requestedState": state } })
        }
        Subject::Country(code) => json!({ "country": code }),
        Subject::Initiative(initiative) => json!({ "initiative": ledger.slug(*initiative) }),
    }
}

/// As documents have it, too, where it is a stance.
pub fn body(body: Body) -> Value {
    match body {
        Body::Stance(stance) => json!({ "stance": { "stance": stance } }),
        Body::Agreement => json!({ "agreement": {
            "instrument": "VERBAL", "binding": "UNKNOWN", "text": "UNPUBLISHED",
        } }),
        Body::Funding => json!({ "funding": {
            "amount": "7500000.00", "currency": "USD", "purpose": "Reception",
        } }),
        Body::Transfer => json!({ "transfer": {
            "personsMin": 3, "personsMax": 8, "note": "By an aeroplane",
        } }),
        Body::Legal => json!({ "legal": {
            "jurisdiction": "US", "court": "A court", "caseName": "A case", "status": "UPHELD",
        } }),
        Body::Concern => json!({ "concern": { "category": "REFOULEMENT" } }),
        Body::Pressure => json!({ "pressure": { "kind": "VISA" } }),
        Body::Denial => json!({ "denial": { "of": "AGREEMENT", "detail": "There is none" } }),
        Body::Count => json!({ "count": {
            "metric": "AGREEMENTS", "comparator": "EXACT", "low": 3, "includesPlanned": false,
        } }),
    }
}

fn list(evidence: &[Evidence]) -> Vec<Value> {
    let one = |one: &Evidence| json!({ "source": source_id(one.source), "relation": one.relation });
    evidence.iter().map(one).collect()
}

pub fn moment(at: &Moment) -> Value {
    json!({
        "validOn": at.valid_on.map(|day| day.to_string()),
        "publishedBy": at.published_by.map(|day| day.to_string()),
        "recordedBy": at.recorded_by.map(crate::date::text_of),
    })
}

pub fn statement_id(seq: i64) -> String {
    GlobalId::Statement(seq).to_string()
}

pub fn source_id(seq: i64) -> String {
    GlobalId::Source(seq).to_string()
}
