//! Dispute changes: what one ledger entry changed in the dispute about a relationship.

pub mod filter;

use std::sync::Arc;

use async_graphql::{Context, Enum, Object};

use super::ledger::LedgerEntry;
use super::position::Contradiction;
use super::relationship::{Relationship, load_relationship};
use crate::error::{Error, Result};
use crate::feed::Event;
use crate::graphql::inputs::scalars::DateTime;
use crate::graphql::loaders::loader_context;
use crate::graphql::output::direct_json::{DirectJson, DirectJsonList};
use crate::model::cursor::LedgerCursor;
use crate::model::position::dispute;

/// An event with a dispute change.
pub struct DisputeChange(Arc<Event>);

/// How a dispute changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "dispute::DisputeChangeKind")]
pub enum DisputeChangeKind {
    /// It began: valid statements contradict each other, and none did before.
    Began,
    /// Another contradiction joined it. One that takes the place of another counts here, too.
    Grew,
    /// A contradiction was taken back or superseded, and others remain.
    Shrank,
    /// The last contradiction was taken back or superseded.
    Ended,
}

impl DisputeChange {
    /// `None` if the event changed no dispute.
    pub fn of(event: &Arc<Event>) -> Option<Self> {
        event.dispute.is_some().then(|| Self(Arc::clone(event)))
    }

    fn change(&self) -> Result<&dispute::DisputeChange> {
        let change = self.0.dispute.as_deref();
        change.ok_or_else(|| Error::internal("the event changed no dispute"))
    }
}

/// A change of a dispute: which statements contradict each other without being superseded. The stance may be the same before
/// and after. It follows from the ledger alone: the same entry always has the same change.
#[Object]
impl DisputeChange {
    /// Ledger cursor of the change. Use it as `after` to continue from here without gaps or repeats.
    async fn cursor(&self, ctx: &Context<'_>) -> Result<String> {
        let (generation, entry) = (loader_context(ctx).generation(), &self.0.entry);
        Ok(LedgerCursor::new(generation, entry.seq, &entry.hash).to_string())
    }

    /// The relationship that is or was disputed. Its `disputed` is the current one, not that of the change.
    async fn relationship(&self, ctx: &Context<'_>) -> Result<DirectJson<Relationship>> {
        let id = self.0.subject.relationship;
        let id = id.ok_or_else(|| Error::internal("the event is about no relationship"))?;
        load_relationship(ctx, id).await.map(DirectJson)
    }

    /// How the dispute changed.
    async fn kind(&self) -> Result<DisputeChangeKind> {
        Ok(self.change()?.kind.into())
    }

    /// Whether the position was disputed after the change.
    async fn disputed(&self) -> Result<bool> {
        Ok(!self.change()?.rivals.is_empty())
    }

    /// The pairs of contradicting statements that cause the dispute after the change, in order of recording.
    async fn rivals(&self) -> Result<DirectJsonList<DirectJson<Contradiction>>> {
        Ok(contradictions(&self.change()?.rivals))
    }

    /// Those of them that the entry added.
    async fn added(&self) -> Result<DirectJsonList<DirectJson<Contradiction>>> {
        Ok(contradictions(&self.change()?.added))
    }

    /// The pairs that the entry took back, replaced or superseded.
    async fn removed(&self) -> Result<DirectJsonList<DirectJson<Contradiction>>> {
        Ok(contradictions(&self.change()?.removed))
    }

    /// The ledger entry that caused the change. Its kind is the reason: a statement that was recorded, corrected or
    /// retracted.
    async fn entry(&self) -> DirectJson<LedgerEntry> {
        DirectJson(LedgerEntry(self.0.entry.clone()))
    }

    /// Time at which the change was recorded and published.
    async fn recorded_at(&self) -> DateTime {
        DateTime::of_micros(self.0.entry.recorded_at)
    }
}

fn contradictions(pairs: &[(i64, i64)]) -> DirectJsonList<DirectJson<Contradiction>> {
    let pairs = pairs.iter();
    pairs
        .map(|(denying, denied)| DirectJson(Contradiction(*denying, *denied)))
        .collect()
}
