//! How a transport and a subscription agree on where to begin, and on which event is executed.
//!
//! A subscription is executed once to find what it wants and where it begins, and then once for each event, for all who
//! want it in the same words. In between, the transport reads the feed: no execution waits there.

use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::Context;

use super::loaders::stance_change::ChangeFilter;
use crate::error::{Error, Result};
use crate::feed::{Event, Feed, interest::Interest};

/// The cursor that a reconnecting client names outside the operation (`Last-Event-ID`); it goes before `after`, which
/// such a client sends again unchanged.
#[derive(Clone, Debug, Default)]
pub struct ResumeFrom(pub Option<String>);

/// Which events a subscriber is told of.
#[derive(Clone, Debug)]
pub enum Wanted {
    Changes(ChangeFilter),
    /// Entries of these kinds, or of all.
    Entries(Option<Vec<String>>),
}

impl Wanted {
    /// What it may be about at most.
    pub fn interest(&self) -> Interest {
        match self {
            Self::Changes(filter) => match (filter.countries(), filter.initiatives()) {
                (Some(codes), _) => Interest::Countries(codes.to_vec()),
                (None, Some(ids)) => Interest::Initiatives(ids.to_vec()),
                (None, None) => Interest::Changes,
            },
            Self::Entries(_) => Interest::Entries,
        }
    }

    pub fn wants(&self, event: &Event) -> bool {
        match self {
            Self::Changes(filter) => {
                let change = event.change.as_ref();
                change.is_some_and(|change| filter.matches(change))
            }
            Self::Entries(kinds) => {
                let kinds = kinds.as_ref();
                kinds.is_none_or(|kinds| kinds.contains(&event.entry.kind))
            }
        }
    }
}

/// Where a subscription begins.
#[derive(Clone, Debug)]
pub struct Begun {
    pub wanted: Wanted,
    /// Only what comes after it.
    pub seq: i64,
    /// The same place, for the client.
    pub cursor: String,
}

/// Where a subscription that reads the feed says how it begins; it then has no events of its own.
#[derive(Clone, Debug, Default)]
pub struct Beginning(Arc<Mutex<Option<Begun>>>);

impl Beginning {
    /// Nothing for a subscription that has events of its own.
    pub fn take(&self) -> Option<Begun> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// # Errors
    /// `Error::CursorInvalid` if it cannot begin where it is told to.
    pub async fn begin(ctx: &Context<'_>, wanted: Wanted, after: Option<String>) -> Result<()> {
        let beginning = ctx.data_opt::<Self>();
        let beginning = beginning.ok_or_else(|| Error::internal("no transport begins it"))?;
        let feed = ctx.data_unchecked::<Feed>();
        let resume = ctx.data_opt::<ResumeFrom>();
        let after = resume.and_then(|resume| resume.0.clone()).or(after);
        let (seq, cursor) = if let Some(cursor) = after {
            (feed.resolve("after", &cursor).await?, cursor)
        } else {
            let head = feed.head();
            (head, feed.cursor(head).await?.to_string())
        };
        let begun = Begun {
            wanted,
            seq,
            cursor,
        };
        *beginning.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(begun);
        Ok(())
    }
}

/// The one event of an execution.
#[derive(Clone, Debug)]
pub struct Only(pub Arc<Event>);
