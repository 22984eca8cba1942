//! Payloads of ledger entries, by kind. This JSON is hashed and stored permanently: fields are added, never renamed.
//!
//! Integers reference other entries by seq; countries are alpha-2 codes; dates are EDTF. Fields are declared in alphabetical
//! order, as `model::canonical` requires.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::model::canonical;
use crate::model::source::{EntryKind, SourceKind};
use crate::model::statement::{Body, Claimant, EvidenceRelation};

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Payload {
    InitiativeOpened(Initiative),
    SourceRegistered(Source),
    StatementRecorded(Statement),
    StatementCorrected(Correction),
    StatementRetracted(Retraction),
    EvidenceAdded(Addition),
    ReviewRecorded(Review),
    EditionImported(Edition),
    SourceCorrected(SourceCorrection),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Initiative {
    pub requesting_state: String,
    pub slug: String,
    pub started_on: Option<String>,
    pub summary: String,
    pub title: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Source {
    pub derived_from: Option<i64>,
    pub kind: SourceKind,
    pub language: Option<String>,
    pub published_on: Option<String>,
    pub publisher: String,
    pub title: String,
    pub url: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Statement {
    pub body: Body,
    pub claimant: Claimant,
    pub contradicts: Vec<i64>,
    pub evidence: Vec<Evidence>,
    pub note: Option<String>,
    pub subject: Subject,
    pub summary: String,
    pub valid_from: String,
}

/// The subject of a statement. The first statement about a relationship creates it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Subject {
    #[serde(rename_all = "camelCase")]
    Relationship {
        initiative: i64,
        requested_state: String,
    },
    Country(String),
    Initiative(i64),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Evidence {
    pub locator: Option<String>,
    /// When the cited passage became public, if that is not when the source or an original of it did. Entries of earlier
    /// versions lack the key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_on: Option<String>,
    pub quote: Option<String>,
    pub relation: EvidenceRelation,
    pub source: i64,
}

/// A statement that replaces another about the same subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Correction {
    pub corrects: i64,
    /// Whether the disputes of the corrected statement are those of this one. Entries of earlier versions lack the key.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub keeps_disputes: bool,
    pub reason: Option<String>,
    pub statement: Statement,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Retraction {
    pub reason: String,
    pub statement: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Addition {
    pub evidence: Vec<Evidence>,
    pub statement: i64,
}

/// An editor checked a relationship, or a whole initiative, and found nothing new to record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Review {
    pub initiative: i64,
    pub note: Option<String>,
    /// Absent for the whole initiative.
    pub requested_state: Option<String>,
    /// The day of the check; absent if it is the day of recording.
    pub reviewed_on: Option<String>,
}

/// An import of an edition of a document has recorded all of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Edition {
    pub edition: String,
    pub initiative: i64,
}

/// New data of a source, all of them, in place of those of its newest version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SourceCorrection {
    /// The version that it replaces: the entry that registered the source, or that corrected it last.
    pub corrects: i64,
    /// The number of the source.
    pub number: i64,
    pub reason: String,
    pub source: Source,
}

impl Payload {
    pub fn kind(&self) -> EntryKind {
        match self {
            Self::InitiativeOpened(_) => EntryKind::InitiativeOpened,
            Self::SourceRegistered(_) => EntryKind::SourceRegistered,
            Self::StatementRecorded(_) => EntryKind::StatementRecorded,
            Self::StatementCorrected(_) => EntryKind::StatementCorrected,
            Self::StatementRetracted(_) => EntryKind::StatementRetracted,
            Self::EvidenceAdded(_) => EntryKind::EvidenceAdded,
            Self::ReviewRecorded(_) => EntryKind::ReviewRecorded,
            Self::EditionImported(_) => EntryKind::EditionImported,
            Self::SourceCorrected(_) => EntryKind::SourceCorrected,
        }
    }

    /// The statement that the entry records.
    pub fn statement(&self) -> Option<&Statement> {
        match self {
            Self::StatementRecorded(statement) => Some(statement),
            Self::StatementCorrected(correction) => Some(&correction.statement),
            Self::InitiativeOpened(_)
            | Self::SourceRegistered(_)
            | Self::StatementRetracted(_)
            | Self::EvidenceAdded(_)
            | Self::ReviewRecorded(_)
            | Self::EditionImported(_)
            | Self::SourceCorrected(_) => None,
        }
    }

    /// The evidence that the entry records.
    pub fn evidence(&self) -> &[Evidence] {
        match self {
            Self::StatementRecorded(statement) => &statement.evidence,
            Self::StatementCorrected(correction) => &correction.statement.evidence,
            Self::EvidenceAdded(addition) => &addition.evidence,
            Self::InitiativeOpened(_)
            | Self::SourceRegistered(_)
            | Self::StatementRetracted(_)
            | Self::ReviewRecorded(_)
            | Self::EditionImported(_)
            | Self::SourceCorrected(_) => &[],
        }
    }

    /// The statement that the entry with this seq records or changes.
    pub fn changed_statement(&self, seq: i64) -> Option<i64> {
        match self {
            Self::StatementRecorded(_) | Self::StatementCorrected(_) => Some(seq),
            Self::StatementRetracted(retraction) => Some(retraction.statement),
            Self::EvidenceAdded(addition) => Some(addition.statement),
            Self::InitiativeOpened(_)
            | Self::SourceRegistered(_)
            | Self::ReviewRecorded(_)
            | Self::EditionImported(_)
            | Self::SourceCorrected(_) => None,
        }
    }

    /// Canonical JSON (RFC 8785).
    pub fn to_json(&self) -> Result<String> {
        canonical::to_string(self).map_err(Error::internal)
    }

    /// Parses the output of [`Payload::to_json`].
    pub fn parse(kind: EntryKind, json: &str) -> Result<Self, serde_json::Error> {
        Ok(match kind {
            EntryKind::InitiativeOpened => Self::InitiativeOpened(serde_json::from_str(json)?),
            EntryKind::SourceRegistered => Self::SourceRegistered(serde_json::from_str(json)?),
            EntryKind::StatementRecorded => Self::StatementRecorded(serde_json::from_str(json)?),
            EntryKind::StatementCorrected => Self::StatementCorrected(serde_json::from_str(json)?),
            EntryKind::StatementRetracted => Self::StatementRetracted(serde_json::from_str(json)?),
            EntryKind::EvidenceAdded => Self::EvidenceAdded(serde_json::from_str(json)?),
            EntryKind::ReviewRecorded => Self::ReviewRecorded(serde_json::from_str(json)?),
            EntryKind::EditionImported => Self::EditionImported(serde_json::from_str(json)?),
            EntryKind::SourceCorrected => Self::SourceCorrected(serde_json::from_str(json)?),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn bodies() -> [Value; 11] {
        [
            json!({ "stance": { "stance": "AGREED" } }),
            json!({ "stance": { "stance": "AGREED", "scope": "One flight" } }),
            json!({ "agreement": {
                "instrument": "TREATY", "binding": "YES", "text": "LEAKED", "signedOn": "2025", "inForceOn": null,
                "cap": { "persons": 5, "per": "YEAR" }, "scope": null
            } }),
            json!({ "funding": { "purpose": "a", "currency": "USD", "amount": "1" } }),
            json!({ "transfer": { "personsMin": 1, "personsMax": 2, "note": "" } }),
            json!({ "return": { "personsMin": 1, "personsMax": 2, "note": "", "destination": null } }),
            json!({ "legal": {
                "jurisdiction": "UG", "court": "a", "caseName": "b", "docket": null, "status": "STAYED"
            } }),
            json!({ "concern": { "category": "RULE_OF_LAW" } }),
            json!({ "pressure": { "kind": "VISA" } }),
            json!({ "denial": { "of": "REQUEST", "detail": "a" } }),
            json!({ "count": {
                "metric": "AGREEMENTS", "comparator": "ABOUT", "low": 1, "high": null, "includesPlanned": false,
                "unit": "agreements"
            } }),
        ]
    }

    fn evidence() -> Value {
        json!([
            { "source": 2, "relation": "SUPPORTS", "quote": "\"q\"\n", "locator": null },
            { "source": 2, "relation": "SUPPORTS", "quote": null, "locator": null, "publishedOn": "2025-06" },
        ])
    }

    fn statement(body: &Value) -> Value {
        json!({
            "subject": { "relationship": { "requestedState": "RW", "initiative": 1 } }, "validFrom": "2025",
            "claimant": { "label": "é", "kind": "PRESS" }, "summary": "s", "body": body, "evidence": evidence(),
            "contradicts": [3], "note": null
        })
    }

    #[test]
    fn every_payload_is_written_as_canonical_json() {
        let initiative = json!({
            "title": "t", "summary": "s", "slug": "a", "startedOn": null, "requestingState": "US"
        });
        let source = json!({
            "url": null, "title": "t", "publisher": "p", "publishedOn": null, "language": "en", "kind": "NEWS",
            "derivedFrom": 4
        });
        let correction =
            json!({ "statement": statement(&bodies()[0]), "reason": null, "corrects": 1 });
        let mut keeping = correction.clone();
        keeping["keepsDisputes"] = true.into();
        let mut payloads = vec![
            (EntryKind::InitiativeOpened, initiative),
            (
                EntryKind::SourceCorrected,
                json!({ "source": source.clone(), "reason": "r", "number": 2, "corrects": 5 }),
            ),
            (EntryKind::SourceRegistered, source),
            (EntryKind::StatementCorrected, correction),
            (EntryKind::StatementCorrected, keeping),
            (
                EntryKind::StatementRetracted,
                json!({ "statement": 1, "reason": "r" }),
            ),
            (
                EntryKind::EvidenceAdded,
                json!({ "statement": 1, "evidence": evidence() }),
            ),
            (
                EntryKind::ReviewRecorded,
                json!({ "reviewedOn": "2026-11-12", "requestedState": "RW", "note": null, "initiative": 1 }),
            ),
            (
                EntryKind::EditionImported,
                json!({ "initiative": 1, "edition": "second" }),
            ),
        ];
        let statements = bodies().map(|body| (EntryKind::StatementRecorded, statement(&body)));
        payloads.extend(statements);
        for (kind, value) in payloads {
            let payload = Payload::parse(kind, &value.to_string()).unwrap();
            let standard = serde_json_canonicalizer::to_string(&value).unwrap();
            assert_eq!(payload.to_json().unwrap(), standard);
        }
    }
}
