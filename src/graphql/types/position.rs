//! Positions and timelines of a relationship as GraphQL objects. `model::position` derives them from statements.

use async_graphql::{Context, Object};

use super::stance::Stance;
use super::statement::{StanceStatement, Statement, load_statement};
use crate::error::{Error, Result};
use crate::graphql::inputs::scalars::Edtf;
use crate::graphql::loaders::{loaders, row::StatementId};
use crate::model::position;

pub struct Position(pub position::Position);

/// Where a requested state stands at a moment, and what that rests on.
#[Object]
impl Position {
    /// The stance; UNKNOWN where nothing said so far had certainly begun.
    async fn stance(&self) -> Stance {
        self.0.stance.into()
    }

    /// When the unbroken run of this stance began; null for UNKNOWN.
    async fn since(&self) -> Option<Edtf> {
        self.0.since.clone().map(Edtf)
    }

    /// Whether no other stance may already have begun, as far as the dates of the statements tell.
    ///
    /// Always true where `validOn` is not given: by now everything that was recorded has begun.
    async fn certain(&self) -> bool {
        self.0.certain
    }

    /// Whether statements that stand contradict each other and the world has not moved on since.
    async fn disputed(&self) -> bool {
        self.0.disputed
    }

    /// The statement that it rests on; null for UNKNOWN.
    async fn basis(&self, ctx: &Context<'_>) -> Result<Option<StanceStatement>> {
        match self.0.basis {
            Some(id) => load_basis(ctx, id).await.map(Some),
            None => Ok(None),
        }
    }

    /// The contradictions that make it disputed, in the order of recording.
    async fn rivals(&self) -> Vec<Contradiction> {
        let pairs = self.0.rivals.iter();
        pairs
            .map(|(denying, denied)| Contradiction(*denying, *denied))
            .collect()
    }
}

/// The ids of the denying and of the denied statement.
pub struct Contradiction(i64, i64);

/// Two statements that cannot both be true.
#[Object]
impl Contradiction {
    /// The one that contradicts.
    async fn statement(&self, ctx: &Context<'_>) -> Result<Statement> {
        load_statement(ctx, self.0).await
    }

    /// The one that it contradicts.
    async fn contradicts(&self, ctx: &Context<'_>) -> Result<Statement> {
        load_statement(ctx, self.1).await
    }
}

pub struct Period(pub position::Period);

/// A run of one stance in the order of the world.
#[Object]
impl Period {
    /// The stance.
    async fn stance(&self) -> Stance {
        self.0.stance.into()
    }

    /// When the run began.
    async fn from(&self) -> Edtf {
        Edtf(self.0.from.clone())
    }

    /// When the next run began; null for the last.
    async fn to(&self) -> Option<Edtf> {
        self.0.to.clone().map(Edtf)
    }

    /// The first statement of the run.
    async fn basis(&self, ctx: &Context<'_>) -> Result<StanceStatement> {
        load_basis(ctx, self.0.basis).await
    }
}

/// The statement that a position rests on.
pub async fn load_basis(ctx: &Context<'_>, id: i64) -> Result<StanceStatement> {
    let row = loaders(ctx).load_one(StatementId(id)).await?;
    let statement = row.map(Statement::from_row).transpose()?;
    statement
        .and_then(Statement::into_stance)
        .ok_or_else(|| Error::internal(format!("statement {id} is not a stance statement")))
}
