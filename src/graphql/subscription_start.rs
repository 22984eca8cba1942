//! Start of a subscription: the data that a transport and a subscription resolver exchange through the request context.
//!
//! The transport executes a subscription once to get its filter and its start cursor from the [`StartSlot`], and then
//! once per event with that [`SourceEvent`]; identical subscriptions share this execution. Between events the transport
//! reads the feed, so no execution waits for an event.

use std::sync::Arc;

use async_graphql::Context;
use parking_lot::Mutex;

use super::loaders::dispute::{DisputeFilter, EntryFilter, RevisionFilter};
use super::loaders::stance_change::ChangeFilter;
use crate::error::{Error, Result};
use crate::feed::{Event, Feed, interest::Interest};

/// The cursor that a reconnecting client sends outside of the operation (`Last-Event-ID`). It overrides `after`, which
/// such a client sends again unchanged.
#[derive(Clone, Debug, Default)]
pub struct ResumeCursor(pub Option<String>);

/// Values of a filter that are indexed. A filter with more is compared with every stance change: each entry of the index takes
/// memory, and such a filter excludes little.
const MAX_INTERESTS: usize = 16;
/// Bytes of an entry of the indexes of interests: a key and two references, in trees that are half full.
const INTEREST_BYTES: usize = 128;

/// Selects the events that are delivered to a subscriber.
#[derive(Clone, Debug)]
pub enum SubscriptionFilter {
    Changes(ChangeFilter),
    Disputes(DisputeFilter),
    Revisions(RevisionFilter),
    Entries(EntryFilter),
}

impl SubscriptionFilter {
    /// A superset of the matching events, as the notifier indexes them.
    pub fn interest(&self) -> Interest {
        match self {
            Self::Changes(filter) => match (filter.countries(), filter.initiatives()) {
                (Some(codes), _) if codes.len() <= MAX_INTERESTS => {
                    Interest::Countries(codes.to_vec())
                }
                (_, Some(ids)) if ids.len() <= MAX_INTERESTS => Interest::Initiatives(ids.to_vec()),
                (..) => Interest::Changes,
            },
            Self::Disputes(_) => Interest::Disputes,
            Self::Revisions(_) => Interest::Revisions,
            Self::Entries(_) => Interest::Entries,
        }
    }

    /// Bytes of the filter and its entries in the index of interests.
    pub fn held_bytes(&self) -> usize {
        let lists = match self {
            Self::Changes(filter) => filter.held_bytes(),
            Self::Disputes(filter) => filter.held_bytes(),
            Self::Revisions(filter) => filter.held_bytes(),
            Self::Entries(filter) => filter.held_bytes(),
        };
        lists + self.interest().keys().len() * INTEREST_BYTES
    }

    pub fn matches(&self, event: &Event) -> bool {
        match self {
            Self::Changes(filter) => filter.matches(event),
            Self::Disputes(filter) => filter.matches(event),
            Self::Revisions(filter) => filter.matches(event),
            Self::Entries(filter) => filter.matches(event),
        }
    }
}

/// Filter and start position of a subscription.
#[derive(Clone, Debug)]
pub struct SubscriptionStart {
    pub filter: SubscriptionFilter,
    /// Only later entries are delivered.
    pub seq: i64,
    /// The cursor of `seq`, for the client.
    pub cursor: String,
}

/// A subscription that reads the feed puts its start here, and its own event stream is then empty.
#[derive(Clone, Debug, Default)]
pub struct StartSlot(Arc<Mutex<Option<SubscriptionStart>>>);

impl StartSlot {
    /// None for a subscription that has its own event stream.
    pub fn take(&self) -> Option<SubscriptionStart> {
        self.0.lock().take()
    }

    /// # Errors
    /// `Error::CursorInvalid` if the start cursor is not a cursor of this ledger.
    pub async fn set(
        ctx: &Context<'_>,
        filter: SubscriptionFilter,
        after: Option<String>,
    ) -> Result<()> {
        let slot = ctx.data_opt::<Self>();
        let slot = slot.ok_or_else(|| Error::internal("the transport provided no StartSlot"))?;
        let feed = ctx.data_unchecked::<Feed>();
        let resume = ctx.data_opt::<ResumeCursor>();
        let after = resume.and_then(|resume| resume.0.clone()).or(after);
        let (seq, cursor) = if let Some(cursor) = after {
            (feed.resolve("after", &cursor).await?, cursor)
        } else {
            let head = feed.head();
            (head, feed.cursor(head).await?.to_string())
        };
        let start = SubscriptionStart {
            filter,
            seq,
            cursor,
        };
        *slot.0.lock() = Some(start);
        Ok(())
    }
}

/// The event that an execution resolves.
#[derive(Clone, Debug)]
pub struct SourceEvent(pub Arc<Event>);
