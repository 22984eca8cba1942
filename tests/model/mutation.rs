//! Mutations and their inputs.

use demarche::model::id::GlobalId;
use serde_json::{Value, json};

use crate::date::Date;
use crate::rules::{Action, Body, Claim, Content, Evidence, Ledger, Moment, Subject};

/// A mutation, its selection, and its input without the idempotency key.
pub struct MutationRequest {
    pub mutation: &'static str,
    pub selection: &'static str,
    pub input: Value,
}

pub fn mutation_for(ledger: &Ledger, content: &Content) -> MutationRequest {
    let text = &content.text;
    let (mutation, selection, input) = match &content.action {
        Action::Initiative { slug, requesting } => (
            "openInitiative",
            "initiative { slug title }",
            initiative(slug, text, requesting),
        ),
        Action::Source {
            published,
            original,
        } => (
            "registerSource",
            "source { publishedOn title }",
            source(text, published.as_ref(), *original),
        ),
        Action::SourceCorrection {
            of,
            version,
            published,
            original,
        } => {
            let mut input = source(text, published.as_ref(), *original);
            input["source"] = source_id(*of).into();
            input["version"] = (*version).into();
            input["reason"] = "It was wrong".into();
            (
                "correctSource",
                "source { publishedOn title version }",
                input,
            )
        }
        Action::Statement(claim) => {
            let mut input = statement(claim, text);
            input["subject"] = subject(ledger, &claim.subject);
            ("recordStatement", STATEMENT, input)
        }
        Action::Correction {
            of,
            keeps_disputes,
            claim,
        } => {
            let mut input = correction(*of, claim, text);
            input["settlesDisputes"] = (!keeps_disputes).into();
            ("correctStatement", STATEMENT, input)
        }
        Action::Retraction { of } => (
            "retractStatement",
            STATEMENT,
            json!({ "statement": statement_id(*of), "reason": text }),
        ),
        Action::Evidence { of, evidence } => {
            ("addEvidence", STATEMENT, addition(*of, evidence, text))
        }
        Action::Review {
            initiative,
            state,
            on,
        } => {
            let slug = ledger.slug(*initiative);
            let subject = match state {
                Some(state) => {
                    json!({ "relationship": { "initiative": slug, "requestedState": state } })
                }
                None => json!({ "initiative": slug }),
            };
            let day = on.map(|day| day.to_string());
            (
                "recordReview",
                "review { seq day note }",
                json!({ "subject": subject, "reviewedOn": day, "note": text }),
            )
        }
    };
    MutationRequest {
        mutation,
        selection,
        input,
    }
}

const STATEMENT: &str = "statement { number standing }";

/// In the form of mutations and import documents.
pub fn initiative(slug: &str, title: &str, requesting: &str) -> Value {
    json!({
        "slug": slug, "title": title, "summary": "A diplomatic request.",
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

fn statement(claim: &Claim, text: &str) -> Value {
    let contradicts = claim.contradicts.iter().map(|id| statement_id(*id));
    json!({
        "claimant": { "kind": claim.claimant, "label": "A newspaper" },
        "validFrom": claim.from.text,
        "summary": text,
        "body": body(claim.body),
        "evidence": evidence_list(&claim.evidence),
        "contradicts": contradicts.collect::<Vec<_>>(),
    })
}

fn correction(of: i64, claim: &Claim, text: &str) -> Value {
    let mut input = statement(claim, text);
    input["statement"] = statement_id(of).into();
    input["reason"] = "It was wrong".into();
    input
}

fn addition(of: i64, evidence: &[Evidence], locator: &str) -> Value {
    let mut evidence = evidence_list(evidence);
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

/// In the form of mutations; a stance has the same form in import documents.
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
        Body::Return => json!({ "return": {
            "personsMin": 1, "personsMax": 2, "destination": "CO", "note": "By an aeroplane",
        } }),
    }
}

fn evidence_list(evidence: &[Evidence]) -> Vec<Value> {
    let to_json = |piece: &Evidence| {
        json!({
            "source": source_id(piece.source), "relation": piece.relation,
            "publishedOn": piece.published.map(|day| day.to_string()),
        })
    };
    evidence.iter().map(to_json).collect()
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
