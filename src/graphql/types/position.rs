//! Positions and timelines of a relationship as GraphQL objects. `model::position` derives them from statements.

use std::sync::Arc;

use async_graphql::{Context, Object};
use entity::relationship;

use super::position_proof::PositionProof;
use super::stance::Stance;
use super::statement::{StanceStatement, Statement, load_statement};
use crate::error::{Error, Result};
use crate::graphql::inputs::scalars::Edtf;
use crate::graphql::loaders::{loaders, row::StatementId};
use crate::graphql::output::direct_json::ready::{ReadyFields, ready_fields};
use crate::graphql::output::direct_json::{DirectJson, DirectJsonList};
use crate::model::position;

/// A position, and the relationship that it is of.
pub struct Position(pub position::Position, pub Arc<relationship::Model>);

/// The requested state's stance at a moment and the statement that determines it.
#[Object]
impl Position {
    /// The stance; `UNKNOWN` if no valid statement had certainly taken effect.
    async fn stance(&self) -> Stance {
        self.0.stance.into()
    }

    /// Date since which the stance has held without interruption; null for `UNKNOWN`.
    async fn since(&self) -> Option<Edtf> {
        self.0.since.map(|since| Edtf(since.to_string()))
    }

    /// False if a statement with another stance possibly, but not certainly, took effect by `validOn`. Always true
    /// without `validOn`.
    async fn certain(&self) -> bool {
        self.0.certain
    }

    /// Whether valid statements contradict each other and have not been superseded.
    async fn disputed(&self) -> bool {
        self.0.disputed
    }

    /// The statement that determines the stance; null for `UNKNOWN`.
    async fn basis(&self, ctx: &Context<'_>) -> Result<Option<DirectJson<StanceStatement>>> {
        match self.0.basis {
            Some(id) => load_basis(ctx, id).await.map(DirectJson).map(Some),
            None => Ok(None),
        }
    }

    /// Persons or matters to which the stance is limited, by the statement that determines it: for example one flight; null
    /// if it is not known to be limited.
    async fn scope(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        match self.0.basis {
            Some(id) => load_basis(ctx, id).await.map(StanceStatement::into_scope),
            None => Ok(None),
        }
    }

    /// The pairs of contradicting statements that cause the dispute, in order of recording.
    async fn rivals(&self) -> DirectJsonList<DirectJson<Contradiction>> {
        let pairs = self.0.rivals.iter();
        pairs
            .map(|(denying, denied)| DirectJson(Contradiction(*denying, *denied)))
            .collect()
    }

    /// What the position rests on, for checks that need not trust this server. It is about the ledger as a whole, whatever the
    /// moment.
    async fn proof(&self, ctx: &Context<'_>) -> Result<DirectJson<PositionProof>> {
        let proof = PositionProof::load(ctx, Arc::clone(&self.1), &self.0).await;
        proof.map(DirectJson)
    }
}

ready_fields!(Position {
    "stance" => stance,
    "since" => since,
    "certain" => certain,
    "disputed" => disputed,
    "rivals" => rivals of DirectJsonList<DirectJson<Contradiction>>,
});

/// The ids of the denying and of the denied statement.
pub struct Contradiction(pub i64, pub i64);

/// Two statements that contradict each other in an editor's judgement.
#[Object]
impl Contradiction {
    /// The statement that contradicts the other one.
    async fn statement(&self, ctx: &Context<'_>) -> Result<DirectJson<Statement>> {
        load_statement(ctx, self.0).await.map(DirectJson)
    }

    /// The statement that is contradicted.
    async fn contradicts(&self, ctx: &Context<'_>) -> Result<DirectJson<Statement>> {
        load_statement(ctx, self.1).await.map(DirectJson)
    }
}

impl ReadyFields for Contradiction {}

pub struct Period(pub position::Period);

/// A period during which one stance held.
#[Object]
impl Period {
    /// The stance.
    async fn stance(&self) -> Stance {
        self.0.stance.into()
    }

    /// Start of the period.
    async fn from(&self) -> Edtf {
        Edtf(self.0.from.to_string())
    }

    /// Start of the next period; null for the last one.
    async fn to(&self) -> Option<Edtf> {
        self.0.to.map(|to| Edtf(to.to_string()))
    }

    /// The first statement of the period.
    async fn basis(&self, ctx: &Context<'_>) -> Result<DirectJson<StanceStatement>> {
        load_basis(ctx, self.0.basis).await.map(DirectJson)
    }
}

ready_fields!(Period {
    "stance" => stance,
    "from" => from,
    "to" => to,
});

/// The statement that a position rests on.
pub async fn load_basis(ctx: &Context<'_>, id: i64) -> Result<StanceStatement> {
    let row = loaders(ctx).load_one(StatementId(id)).await?;
    let statement = row.map(Statement::from_row).transpose()?;
    statement
        .and_then(Statement::into_stance)
        .ok_or_else(|| Error::internal(format!("statement {id} is not a stance statement")))
}
