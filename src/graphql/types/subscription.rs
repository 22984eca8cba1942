//! Root fields of subscriptions. Every event is read from the ledger by seq, so a first connect, a resume and a replay
//! share one code path.

use async_graphql::{Context, ID, Subscription};
use futures_util::{Stream, StreamExt, TryStreamExt, future, stream};
use itertools::Itertools;

use super::dispute_change::DisputeChange;
use super::dispute_change::filter::DisputeChangeFilter;
use super::ledger::{EntryKind, LedgerEntry};
use super::stance_change::StanceChange;
use super::stance_change::filter::StanceChangeFilter;
use super::statement::{recall::resolve_chains, revision::StatementRevision};
use super::tally::{Tally, load_tally_at};
use crate::error::Result;
use crate::feed::Feed;
use crate::graphql::loaders::dispute::{EntryFilter, RevisionFilter};
use crate::graphql::loaders::initiative::initiative_id_by_slug;
use crate::graphql::subscription_start::{SourceEvent, StartSlot, SubscriptionFilter};
use crate::model::moment::Moment;
use crate::model::source;

/// Root fields.
#[derive(Default)]
pub struct FeedSubscription;

/// Event streams over WebSocket or server-sent events. All but `tallyChanged` resume from a cursor, so a reconnect misses
/// nothing.
#[Subscription(name = "Subscription")]
impl FeedSubscription {
    /// Sends every stance change that matches the filter, in ledger order, each once. Starts after the cursor or,
    /// without one, at the current head. Store the cursor of the last change that you handled, and resume with it.
    /// Errors: `CURSOR_INVALID` if the cursor belongs to another ledger, was issued before a restore, or refers to a
    /// history that was altered since; `NOT_FOUND` for an unknown value in the filter; `BAD_USER_INPUT` for `recordedBy` in it.
    async fn stance_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter; omit it to include all stance changes.")] filter: Option<
            StanceChangeFilter,
        >,
        #[graphql(
            desc = "Cursor of a stance change, ledger entry or ledger head; only later events are sent."
        )]
        after: Option<String>,
    ) -> Result<impl Stream<Item = StanceChange> + use<>> {
        let change = if let Some(SourceEvent(event)) = ctx.data_opt() {
            event.change.clone()
        } else {
            let filter = filter.unwrap_or_default().resolve_for_subscription(ctx)?;
            StartSlot::set(
                ctx,
                SubscriptionFilter::Changes(filter.deduplicated()),
                after,
            )
            .await?;
            None
        };
        Ok(stream::iter(change.map(StanceChange::from)))
    }

    /// Sends every change of a dispute that matches the filter, in ledger order, each once: when one begins, when a
    /// contradiction joins or leaves it, and when it ends. Starts after the cursor or, without one, at the current head.
    /// Errors: `CURSOR_INVALID` and `NOT_FOUND`, as for `stanceChanged`.
    async fn dispute_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter; omit it to include all changes of disputes.")] filter: Option<
            DisputeChangeFilter,
        >,
        #[graphql(
            desc = "Cursor of a stance change, ledger entry or ledger head; only later events are sent."
        )]
        after: Option<String>,
    ) -> Result<impl Stream<Item = DisputeChange> + use<>> {
        let change = if let Some(SourceEvent(event)) = ctx.data_opt() {
            DisputeChange::of(event)
        } else {
            let filter = filter.unwrap_or_default().resolve(ctx)?.deduplicated();
            StartSlot::set(ctx, SubscriptionFilter::Disputes(filter), after).await?;
            None
        };
        Ok(stream::iter(change))
    }

    /// Sends what every later entry did to the given statements, in ledger order, each entry once: corrections, retractions,
    /// contradictions, added evidence and corrections of cited sources, also where the stance stays the same. It follows a statement through its chain of
    /// corrections. Starts after the cursor or, without one, at the current head.
    /// Errors: `CURSOR_INVALID`, as for `stanceChanged`; `NOT_FOUND` for an unknown statement; `BAD_USER_INPUT` for an empty
    /// list, for more than 500 statements, and for a text that is neither an ID nor a number.
    async fn statement_revised(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global IDs or numbers of statements, 1 to 500.")] statements: Vec<ID>,
        #[graphql(
            desc = "Cursor of a stance change, ledger entry or ledger head; only later events are sent."
        )]
        after: Option<String>,
    ) -> Result<impl Stream<Item = Vec<StatementRevision>> + use<>> {
        let revisions = if let Some(SourceEvent(event)) = ctx.data_opt() {
            Some(StatementRevision::of(event))
        } else {
            let filter = RevisionFilter::new(resolve_chains(ctx, &statements).await?);
            StartSlot::set(ctx, SubscriptionFilter::Revisions(filter), after).await?;
            None
        };
        Ok(stream::iter(revisions))
    }

    /// Sends every ledger entry, in order, each once. Starts after the cursor or, without one, at the current head.
    /// Errors: `CURSOR_INVALID`, as for `stanceChanged`; `NOT_FOUND` for an unknown initiative.
    async fn ledger_appended(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Sends only entries of these kinds.")] kinds: Option<Vec<EntryKind>>,
        #[graphql(
            desc = "Slug of an initiative: sends only the entry that opened it, and entries that record or change a statement about it or one of its relationships, or a review or an edition of it. A source belongs to no initiative."
        )]
        initiative: Option<ID>,
        #[graphql(
            desc = "Cursor of a stance change, ledger entry or ledger head; only later events are sent."
        )]
        after: Option<String>,
    ) -> Result<impl Stream<Item = LedgerEntry> + use<>> {
        let entry = if let Some(SourceEvent(event)) = ctx.data_opt() {
            Some(event.entry.clone())
        } else {
            let name = |kind| source::EntryKind::from(kind).as_ref().to_owned();
            let kinds = kinds.map(|kinds| kinds.into_iter().map(name).unique().collect());
            let initiative = initiative
                .map(|slug| initiative_id_by_slug(ctx, &slug, "initiative"))
                .transpose()?;
            let filter = EntryFilter { kinds, initiative };
            StartSlot::set(ctx, SubscriptionFilter::Entries(filter), after).await?;
            None
        };
        Ok(stream::iter(entry.map(LedgerEntry)))
    }

    /// Sends the service's own count for an initiative: the current one immediately, then each time it changes.
    /// Errors: `NOT_FOUND` for an unknown initiative.
    async fn tally_changed<'c>(
        &self,
        ctx: &'c Context<'c>,
        #[graphql(desc = "Slug of the initiative.")] initiative: ID,
    ) -> Result<impl Stream<Item = Result<Tally>> + use<'c>> {
        let initiative = initiative_id_by_slug(ctx, &initiative, "initiative")?;
        let feed = ctx.data_unchecked::<Feed>().clone();
        let head_changes = stream::iter([Ok(())]).chain(feed.head_changes());
        let tallies = head_changes.and_then(move |()| async move {
            load_tally_at(ctx, initiative, &Moment::default()).await
        });
        let mut last_tally = None;
        Ok(tallies.try_filter_map(move |tally| {
            let is_new = last_tally.as_ref() != Some(&tally);
            last_tally = Some(tally.clone());
            future::ok(is_new.then_some(Tally(tally)))
        }))
    }
}
