//! Reviews: an editor checked a relationship, or a whole initiative, and found nothing new to record.

pub mod mutation;

use async_graphql::{Context, Object};
use entity::review::Model;

use super::initiative::{Initiative, load_initiative};
use super::relationship::{Relationship, load_relationship};
use crate::error::{Error, Result};
use crate::graphql::inputs::scalars::{Date, DateTime};
use crate::graphql::loaders::{loaders, row::ReviewId};
use crate::graphql::output::direct_json::DirectJson;
use crate::graphql::output::direct_json::ready::ready_fields;

pub struct Review(pub Model);

/// A check of a relationship, or of an initiative as a whole, that found nothing new to record. It changes no position.
#[Object]
impl Review {
    /// Sequence number of its ledger entry.
    async fn seq(&self) -> i64 {
        self.0.id
    }

    /// The initiative that was checked, or to which the relationship belongs.
    async fn initiative(&self, ctx: &Context<'_>) -> Result<DirectJson<Initiative>> {
        let initiative = load_initiative(ctx, self.0.initiative_id).await;
        initiative.map(DirectJson)
    }

    /// The relationship that was checked; null for the initiative as a whole.
    async fn relationship(&self, ctx: &Context<'_>) -> Result<Option<DirectJson<Relationship>>> {
        match self.0.relationship_id {
            Some(id) => load_relationship(ctx, id).await.map(DirectJson).map(Some),
            None => Ok(None),
        }
    }

    /// The day of the check.
    async fn day(&self) -> Date {
        Date(self.0.reviewed_on.clone())
    }

    /// The editor's remark.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// Time of recording.
    async fn recorded_at(&self) -> DateTime {
        DateTime::of_micros(self.0.recorded_at)
    }
}

ready_fields!(Review {
    "seq" => seq,
    "day" => day,
    "note" => note,
    "recordedAt" => recorded_at,
});

/// The review that an entry recorded.
/// # Errors
/// `Error::Internal` if there is none.
pub async fn load_review(ctx: &Context<'_>, seq: i64) -> Result<Review> {
    let row = loaders(ctx).load_one(ReviewId(seq)).await?;
    row.map(Review)
        .ok_or_else(|| Error::internal(format!("review {seq} is missing")))
}
