//! Enums that all kinds of statements share.

use async_graphql::Enum;

use crate::model::statement;

/// Which aspect a statement is about; each has a type of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "statement::StatementKind")]
pub enum StatementKind {
    /// Where the requested state stands: `StanceStatement`.
    Stance,
    /// An agreement and its form: `AgreementStatement`.
    Agreement,
    /// Money paid or promised: `FundingStatement`.
    Funding,
    /// People taken: `TransferStatement`.
    Transfer,
    /// A matter in court: `LegalStatement`.
    Legal,
    /// A concern about conditions or rights: `ConcernStatement`.
    Concern,
    /// Pressure put on the requested state: `PressureStatement`.
    Pressure,
    /// A denial of a request, an agreement or a transfer: `DenialStatement`.
    Denial,
    /// A count that somebody claims: `CountStatement`.
    Count,
}

/// Who makes a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "statement::ClaimantKind")]
pub enum ClaimantKind {
    /// The state that makes the request, by any of its offices.
    RequestingState,
    /// The state that is asked, by any of its offices.
    RequestedState,
    /// An authority that claims to govern the requested state, or a part of it, beside the recognised government.
    RivalAuthority,
    /// A court of any state, or an international one.
    Court,
    /// A parliament, or a committee of one.
    Parliament,
    /// An intergovernmental organisation.
    Igo,
    /// A non-governmental organisation.
    Ngo,
    /// A news organisation, by its own reporting.
    Press,
}

/// How a source bears on a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "statement::EvidenceRelation")]
pub enum EvidenceRelation {
    /// The source says so.
    Supports,
    /// The source says otherwise.
    Contradicts,
    /// The source speaks of it without taking a side.
    Mentions,
}

/// Whether a statement still stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "statement::Standing")]
pub enum Standing {
    /// Neither corrected nor retracted.
    Standing,
    /// Replaced by a correction: see `correctedBy`.
    Corrected,
    /// Taken back: see `retractionReason`.
    Retracted,
}
