//! The `Statement` interface over the nine kinds of statements.

use async_graphql::{ID, Interface};
use entity::statement::Model;

use super::claim::{Claim, Claimant, Subject};
use super::enums::{Standing, StatementKind};
use super::types::{
    AgreementStatement, ConcernStatement, CountStatement, DenialStatement, FundingStatement,
    LegalStatement, PressureStatement, StanceStatement, TransferStatement,
};
use crate::error::{Error, Result};
use crate::graphql::inputs::scalars::{Date, DateTime, Edtf};
use crate::graphql::types::evidence::Evidence;
use crate::model::statement::Body;

/// One sourced claim by one claimant about a relationship, a country or an initiative. Nothing recorded is edited: a
/// statement that proves wrong is corrected by another, or retracted.
#[derive(Interface)]
#[expect(
    clippy::duplicated_attributes,
    reason = "fields may have the same type"
)]
#[graphql(
    field(name = "id", ty = "ID", desc = "Global identifier, for `node`."),
    field(
        name = "number",
        ty = "i64",
        desc = "The seq of the ledger entry that recorded it."
    ),
    field(
        name = "kind",
        ty = "StatementKind",
        desc = "Which aspect it is about."
    ),
    field(name = "subject", ty = "Subject", desc = "What it is about."),
    field(name = "claimant", ty = "Claimant", desc = "Who makes the claim."),
    field(
        name = "valid_from",
        ty = "Edtf",
        desc = "When what is claimed began to hold."
    ),
    field(
        name = "summary",
        ty = "String",
        desc = "The claim in our words, at most 300 characters."
    ),
    field(name = "note", ty = "Option<String>", desc = "A remark of the editor."),
    field(
        name = "evidence",
        ty = "Vec<Evidence>",
        desc = "What ties it to sources, in the order of recording."
    ),
    field(
        name = "published_on",
        ty = "Date",
        desc = "The day from which it counts as public: the last day on which its earliest dated supporting source can have been published; without one, the day of recording."
    ),
    field(name = "recorded_at", ty = "DateTime", desc = "When we recorded it."),
    field(name = "standing", ty = "Standing", desc = "Whether it still stands."),
    field(
        name = "corrects",
        ty = "Option<Statement>",
        desc = "The statement that this one replaces."
    ),
    field(
        name = "correction_reason",
        ty = "Option<String>",
        desc = "Why it replaces that one."
    ),
    field(
        name = "corrected_by",
        ty = "Option<Statement>",
        desc = "The statement that replaces this one now."
    ),
    field(
        name = "retracted_at",
        ty = "Option<DateTime>",
        desc = "When it was taken back."
    ),
    field(
        name = "retraction_reason",
        ty = "Option<String>",
        desc = "Why it was taken back."
    ),
    field(
        name = "contradicts",
        ty = "Vec<Statement>",
        desc = "The statements that it contradicts, in the order of recording."
    ),
    field(
        name = "contradicted_by",
        ty = "Vec<Statement>",
        desc = "The statements that contradict it, in the order of recording."
    ),
    field(
        name = "citation",
        ty = "String",
        desc = "Ready to paste, with a permanent link."
    )
)]
pub enum Statement {
    Stance(StanceStatement),
    Agreement(AgreementStatement),
    Funding(FundingStatement),
    Transfer(TransferStatement),
    Legal(LegalStatement),
    Concern(ConcernStatement),
    Pressure(PressureStatement),
    Denial(DenialStatement),
    Count(CountStatement),
}

impl Statement {
    pub fn from_row(row: Model) -> Result<Self> {
        let body: Body = serde_json::from_str(&row.body).map_err(Error::internal)?;
        let claim = Claim(row);
        Ok(match body {
            Body::Stance(body) => Self::Stance(StanceStatement { claim, body }),
            Body::Agreement(body) => Self::Agreement(AgreementStatement { claim, body }),
            Body::Funding(body) => Self::Funding(FundingStatement { claim, body }),
            Body::Transfer(body) => Self::Transfer(TransferStatement { claim, body }),
            Body::Legal(body) => Self::Legal(LegalStatement { claim, body }),
            Body::Concern(body) => Self::Concern(ConcernStatement { claim, body }),
            Body::Pressure(body) => Self::Pressure(PressureStatement { claim, body }),
            Body::Denial(body) => Self::Denial(DenialStatement { claim, body }),
            Body::Count(body) => Self::Count(CountStatement { claim, body }),
        })
    }

    pub fn into_stance(self) -> Option<StanceStatement> {
        if let Self::Stance(statement) = self {
            Some(statement)
        } else {
            None
        }
    }

    pub fn into_concern(self) -> Option<ConcernStatement> {
        if let Self::Concern(statement) = self {
            Some(statement)
        } else {
            None
        }
    }

    pub fn into_count(self) -> Option<CountStatement> {
        if let Self::Count(statement) = self {
            Some(statement)
        } else {
            None
        }
    }
}
