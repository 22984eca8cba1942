//! The `Statement` interface over the ten kinds of statements.

use async_graphql::{ID, Interface};
use entity::statement::Model;

use super::claim::{Claim, Claimant, Subject};
use super::enums::{CitationFormat, Standing, StatementKind};
use super::types::{
    AgreementStatement, ConcernStatement, CountStatement, DenialStatement, FundingStatement,
    LegalStatement, PressureStatement, ReturnStatement, StanceStatement, TransferStatement,
};
use crate::error::{Error, Result};
use crate::graphql::inputs::scalars::{Date, DateTime, Edtf};
use crate::graphql::output::direct_json::interface::direct_interface;
use crate::graphql::output::direct_json::{DirectJson, DirectJsonList};
use crate::graphql::types::evidence::Evidence;
use crate::model::statement::Body;

/// A sourced claim by one claimant about a relationship, a country or an initiative. Statements are never edited: a
/// wrong statement is corrected by another one or retracted.
#[derive(Interface)]
#[expect(
    clippy::duplicated_attributes,
    reason = "fields may have the same type"
)]
#[graphql(
    field(name = "id", ty = "ID", desc = "Global ID, for `node`."),
    field(
        name = "number",
        ty = "i64",
        desc = "Number of the statement: the `seq` of the ledger entry that recorded it."
    ),
    field(
        name = "kind",
        ty = "StatementKind",
        desc = "Kind of the statement; each kind has its own type."
    ),
    field(
        name = "subject",
        ty = "DirectJson<Subject>",
        desc = "The relationship, country or initiative that the statement is about."
    ),
    field(
        name = "claimant",
        ty = "DirectJson<Claimant>",
        desc = "Author of the claim."
    ),
    field(
        name = "valid_from",
        ty = "Edtf",
        desc = "Date from which the claim applies, as precise as its sources."
    ),
    field(
        name = "summary",
        ty = "String",
        desc = "The claim in one neutral sentence, written by the editors; at most 300 characters."
    ),
    field(
        name = "note",
        ty = "Option<String>",
        desc = "Editor's remark; null if there is none."
    ),
    field(
        name = "evidence",
        ty = "DirectJsonList<DirectJson<Evidence>>",
        desc = "Evidence for or against the statement, in order of recording."
    ),
    field(
        name = "published_on",
        ty = "Date",
        desc = "Day from which the statement counts as public: the latest possible publication day of its earliest dated supporting source; without one, the day of recording."
    ),
    field(name = "recorded_at", ty = "DateTime", desc = "Time of recording."),
    field(
        name = "standing",
        ty = "Standing",
        desc = "Whether the statement is currently valid, corrected or retracted."
    ),
    field(
        name = "corrects",
        ty = "Option<DirectJson<Statement>>",
        desc = "The statement that this one corrects; null if it is not a correction."
    ),
    field(
        name = "correction_reason",
        ty = "Option<String>",
        desc = "Reason for the correction; null if none was given or it is not a correction."
    ),
    field(
        name = "keeps_disputes",
        ty = "bool",
        desc = "Whether the disputes of the statement that this one corrects are its own: it is in dispute with what contradicts that one, or is contradicted by it. False if it is not a correction."
    ),
    field(
        name = "corrected_by",
        ty = "Option<DirectJson<Statement>>",
        desc = "The statement that currently replaces this one; null if there is none."
    ),
    field(
        name = "retracted_at",
        ty = "Option<DateTime>",
        desc = "Time of the retraction; null if it was not retracted."
    ),
    field(
        name = "retraction_reason",
        ty = "Option<String>",
        desc = "Reason for the retraction; null if it was not retracted."
    ),
    field(
        name = "contradicts",
        ty = "DirectJsonList<DirectJson<Statement>>",
        desc = "Statements that this one contradicts in the editor's judgement, in order of recording."
    ),
    field(
        name = "contradicted_by",
        ty = "DirectJsonList<DirectJson<Statement>>",
        desc = "Statements that contradict this one in the editor's judgement, in order of recording."
    ),
    field(
        name = "citation",
        ty = "String",
        desc = "Ready-to-use citation with a permanent link. It says so if the statement was corrected or retracted.",
        arg(
            name = "format",
            ty = "CitationFormat",
            desc = "As a line, or for reference managers.",
            default
        )
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
    Return(ReturnStatement),
}

direct_interface!(Statement {
    Stance => StanceStatement,
    Agreement => AgreementStatement,
    Funding => FundingStatement,
    Transfer => TransferStatement,
    Legal => LegalStatement,
    Concern => ConcernStatement,
    Pressure => PressureStatement,
    Denial => DenialStatement,
    Count => CountStatement,
    Return => ReturnStatement,
});

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
            Body::Return(body) => Self::Return(ReturnStatement { claim, body }),
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
