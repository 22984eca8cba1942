//! Enums that all kinds of statements share.

use async_graphql::Enum;

use crate::graphql::output::direct_json::ready::ready_enum;
use crate::model::statement;

/// Kind of a statement. Each kind has its own type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "statement::StatementKind")]
pub enum StatementKind {
    /// The requested state's stance; type `StanceStatement`.
    Stance,
    /// An agreement; type `AgreementStatement`.
    Agreement,
    /// Money or goods provided or promised; type `FundingStatement`.
    Funding,
    /// A transfer of persons; type `TransferStatement`.
    Transfer,
    /// A court case or decision; type `LegalStatement`.
    Legal,
    /// A concern about conditions or rights; type `ConcernStatement`.
    Concern,
    /// Pressure on the requested state; type `PressureStatement`.
    Pressure,
    /// A denial of a request, an agreement, a transfer or funding; type `DenialStatement`.
    Denial,
    /// A claimed count; type `CountStatement`.
    Count,
    /// Persons sent home or on from the requested state; type `ReturnStatement`.
    Return,
}

/// Category of a claimant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "statement::ClaimantKind")]
pub enum ClaimantKind {
    /// The requesting state, through any of its authorities.
    RequestingState,
    /// The requested state, through any of its authorities.
    RequestedState,
    /// An authority that claims to govern the requested state or a part of it, in competition with the recognised
    /// government.
    RivalAuthority,
    /// A national or international court.
    Court,
    /// A parliament or one of its committees.
    Parliament,
    /// An intergovernmental organisation.
    Igo,
    /// A non-governmental organisation.
    Ngo,
    /// A news organisation, based on its own reporting.
    Press,
}

/// Relation of a source to a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "statement::EvidenceRelation")]
pub enum EvidenceRelation {
    /// The source supports the statement.
    Supports,
    /// The source contradicts the statement.
    Contradicts,
    /// The source mentions the matter without supporting or contradicting the statement.
    Mentions,
}

/// Validity of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "statement::Standing")]
pub enum Standing {
    /// Valid: neither corrected nor retracted.
    Standing,
    /// Replaced by a correction; see `correctedBy`.
    Corrected,
    /// Retracted; see `retractionReason`.
    Retracted,
}

/// Format of a citation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
pub enum CitationFormat {
    /// A line: claimant, summary, first supporting source, statement number and permanent link.
    #[default]
    Text,
    /// An entry for BibTeX and biblatex.
    Bibtex,
    /// JSON text for CSL processors (Zotero, pandoc, citation-js): a list of one item.
    CslJson,
}

ready_enum!(
    StatementKind,
    ClaimantKind,
    EvidenceRelation,
    Standing,
    CitationFormat
);
