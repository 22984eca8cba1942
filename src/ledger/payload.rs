//! What a ledger entry says, by kind. This JSON is hashed and kept for ever: fields are added, never renamed.
//!
//! Numbers name other entries by seq; countries are alpha-2 codes; dates are EDTF.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
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
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Initiative {
    pub slug: String,
    pub title: String,
    pub summary: String,
    pub requesting_state: String,
    pub started_on: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Source {
    pub kind: SourceKind,
    pub publisher: String,
    pub title: String,
    pub url: Option<String>,
    pub published_on: Option<String>,
    pub language: Option<String>,
    pub derived_from: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Statement {
    pub subject: Subject,
    pub claimant: Claimant,
    pub valid_from: String,
    pub summary: String,
    pub body: Body,
    pub evidence: Vec<Evidence>,
    pub contradicts: Vec<i64>,
    pub note: Option<String>,
}

/// What a statement is about. A relationship comes into being with the first statement about it.
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
    pub source: i64,
    pub relation: EvidenceRelation,
    pub quote: Option<String>,
    pub locator: Option<String>,
}

/// A statement that replaces another about the same subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Correction {
    pub corrects: i64,
    pub reason: Option<String>,
    pub statement: Statement,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Retraction {
    pub statement: i64,
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Addition {
    pub statement: i64,
    pub evidence: Vec<Evidence>,
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
        }
    }

    /// Canonical JSON (RFC 8785).
    pub fn to_json(&self) -> Result<String> {
        serde_json_canonicalizer::to_string(self).map_err(Error::internal)
    }

    /// Reads what [`Payload::to_json`] wrote.
    pub fn parse(kind: EntryKind, json: &str) -> Result<Self, serde_json::Error> {
        Ok(match kind {
            EntryKind::InitiativeOpened => Self::InitiativeOpened(serde_json::from_str(json)?),
            EntryKind::SourceRegistered => Self::SourceRegistered(serde_json::from_str(json)?),
            EntryKind::StatementRecorded => Self::StatementRecorded(serde_json::from_str(json)?),
            EntryKind::StatementCorrected => Self::StatementCorrected(serde_json::from_str(json)?),
            EntryKind::StatementRetracted => Self::StatementRetracted(serde_json::from_str(json)?),
            EntryKind::EvidenceAdded => Self::EvidenceAdded(serde_json::from_str(json)?),
        })
    }
}
