//! Basis of a stance change, and the change that it takes back. `model::position::revision` determines both.

use async_graphql::Context;
use entity::stance_change::Model;

use crate::error::{Result, parse_stored};
use crate::graphql::loaders::stance_change::{ChangesOf, published_change};
use crate::graphql::loaders::{loaders, row::ChangeSeq};
use crate::graphql::types::position::load_basis;
use crate::graphql::types::relationship::load_history;
use crate::graphql::types::statement::StanceStatement;
use crate::model::position::revision::{basis_after, revised_change};
use crate::model::stance::{ChangeKind, Stance};

pub(super) async fn load_basis_after(
    ctx: &Context<'_>,
    row: &Model,
) -> Result<Option<StanceStatement>> {
    let change = published_change(row)?;
    if change.to == Stance::Unknown {
        return Ok(None);
    }
    let history = load_history(ctx, row.relationship_id).await?;
    match basis_after(&history, &change) {
        Some(id) => load_basis(ctx, id).await.map(Some),
        None => Ok(None),
    }
}

/// Two SQL statements for any number of changes on one level.
pub(super) async fn load_revised_change(ctx: &Context<'_>, row: &Model) -> Result<Option<Model>> {
    let kind: ChangeKind = parse_stored(&row.kind)?;
    if kind == ChangeKind::Event {
        return Ok(None);
    }
    let history = load_history(ctx, row.relationship_id).await?;
    let changes = loaders(ctx)
        .load_one(ChangesOf(row.relationship_id))
        .await?;
    let changes = changes.unwrap_or_default();
    let earlier = &changes[..changes.partition_point(|change| change.seq < row.seq)];
    let revised = match kind {
        ChangeKind::Event => None,
        ChangeKind::Correction => {
            let fact = history.find(row.statement_id);
            fact.and_then(|fact| history.corrected_by(fact))
        }
        ChangeKind::Retraction => Some(row.statement_id),
    };
    let change = published_change(row)?;
    match revised.and_then(|revised| revised_change(&history, earlier, &change, revised)) {
        Some(seq) => loaders(ctx).load_one(ChangeSeq(seq)).await,
        None => Ok(None),
    }
}
