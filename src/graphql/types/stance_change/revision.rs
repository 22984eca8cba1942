//! Basis of a stance change, the change that it takes back, and the one that takes it back. `model::position::revision`
//! determines them.

use std::sync::Arc;

use async_graphql::Context;
use entity::stance_change::Model;

use crate::error::Result;
use crate::graphql::loaders::stance_change::{ChangesOf, published_change};
use crate::graphql::loaders::{loaders, row::ChangeSeq};
use crate::graphql::types::position::load_basis;
use crate::graphql::types::relationship::load_history;
use crate::graphql::types::statement::StanceStatement;
use crate::model::position::history::History;
use crate::model::position::revision::{
    PublishedChange, basis_after, revised_change, revising_change,
};
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
    let change = published_change(row)?;
    if change.kind == ChangeKind::Event {
        return Ok(None);
    }
    let (history, changes) = load_all(ctx, row).await?;
    let earlier = &changes[..changes.partition_point(|other| other.seq < row.seq)];
    load_change(ctx, revised_change(&history, earlier, &change)).await
}

/// Two SQL statements for any number of changes on one level.
pub(super) async fn load_revising_change(ctx: &Context<'_>, row: &Model) -> Result<Option<Model>> {
    let (history, changes) = load_all(ctx, row).await?;
    load_change(ctx, revising_change(&history, &changes, row.seq)).await
}

/// The history of the relationship, and all changes of it.
async fn load_all(
    ctx: &Context<'_>,
    row: &Model,
) -> Result<(Arc<History>, Arc<[PublishedChange]>)> {
    let history = load_history(ctx, row.relationship_id).await?;
    let key = ChangesOf(row.relationship_id);
    let changes = loaders(ctx).load_one(key).await?;
    Ok((history, changes.unwrap_or_default()))
}

async fn load_change(ctx: &Context<'_>, seq: Option<i64>) -> Result<Option<Model>> {
    match seq {
        Some(seq) => loaders(ctx).load_one(ChangeSeq(seq)).await,
        None => Ok(None),
    }
}
