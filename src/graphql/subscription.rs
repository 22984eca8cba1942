//! What is pushed. Every event comes from the ledger by seq, so first connect, resume and replay are one path.

use async_graphql::{Context, ID, Subscription};
use futures_util::{Stream, StreamExt, TryStreamExt, future, stream};

use super::change::StanceChange;
use super::change_filter::StanceChangeFilter;
use super::ledger::{EntryKind, LedgerEntry};
use super::relationship_filter::known_initiative;
use super::resume::{LastSent, cursor};
use super::tally::{Tally, current};
use crate::error::Result;
use crate::feed::Feed;
use crate::model::cursor::LedgerCursor;
use crate::model::source;

/// Root fields.
#[derive(Default)]
pub struct FeedSubscription;

/// What is pushed. Each field goes on from a cursor, so that nothing is missed over a reconnect.
#[Subscription(name = "Subscription")]
impl FeedSubscription {
    /// Every stance change that passes the filter, in the order of the ledger, each once: after the cursor, or from now
    /// on. Store the cursor of the last change you handled and resume with it.
    /// Errors: `CURSOR_INVALID` if the cursor is of another ledger or of a history that was altered since.
    async fn stance_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Conditions on the changes.")] filter: Option<StanceChangeFilter>,
        #[graphql(
            desc = "A cursor of a stance change, ledger entry or ledger head; only what comes after it."
        )]
        after: Option<String>,
    ) -> Result<impl Stream<Item = Result<StanceChange>> + use<>> {
        let filter = filter.unwrap_or_default().resolve(ctx).await?;
        let feed = ctx.data_unchecked::<Feed>().clone();
        let seq = start(ctx, &feed, after).await?;
        let (sent, generation) = (LastSent::of(ctx), feed.generation().to_owned());
        let changes = feed.events(seq).try_filter_map(move |event| {
            let change = event.change.clone().filter(|change| filter.matches(change));
            future::ok(change)
        });
        Ok(changes
            .inspect_ok(move |change: &entity::stance_change::Model| {
                sent.set(place(&generation, change.seq, &change.hash));
            })
            .map_ok(StanceChange))
    }

    /// Every ledger entry, in order, each once: after the cursor, or from now on.
    /// Errors: `CURSOR_INVALID` as for `stanceChanged`.
    async fn ledger_appended(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only entries of these kinds.")] kinds: Option<Vec<EntryKind>>,
        #[graphql(
            desc = "A cursor of a stance change, ledger entry or ledger head; only what comes after it."
        )]
        after: Option<String>,
    ) -> Result<impl Stream<Item = Result<LedgerEntry>> + use<>> {
        let kinds = kinds.map(|kinds| {
            kinds
                .into_iter()
                .map(|kind| source::EntryKind::from(kind).as_ref().to_owned())
                .collect::<Vec<_>>()
        });
        let feed = ctx.data_unchecked::<Feed>().clone();
        let seq = start(ctx, &feed, after).await?;
        let (sent, generation) = (LastSent::of(ctx), feed.generation().to_owned());
        let entries = feed.events(seq).try_filter_map(move |event| {
            let is_wanted = kinds
                .as_ref()
                .is_none_or(|kinds| kinds.contains(&event.entry.kind));
            future::ok(is_wanted.then(|| event.entry.clone()))
        });
        Ok(entries
            .inspect_ok(move |entry| sent.set(place(&generation, entry.seq, &entry.hash)))
            .map_ok(LedgerEntry))
    }

    /// Our count of an initiative's positions: the first at once, then whenever it is another.
    /// Errors: `NOT_FOUND` for an unknown initiative.
    async fn tally_changed<'c>(
        &self,
        ctx: &'c Context<'c>,
        #[graphql(desc = "The slug of the initiative.")] initiative: ID,
    ) -> Result<impl Stream<Item = Result<Tally>> + use<'c>> {
        let initiative = known_initiative(ctx, &initiative, "initiative").await?;
        let feed = ctx.data_unchecked::<Feed>().clone();
        let rounds = stream::iter([Ok(())]).chain(feed.moves());
        let tallies = rounds.and_then(move |()| current(ctx, initiative));
        let mut last = None;
        Ok(tallies.try_filter_map(move |tally| {
            let is_new = last.as_ref() != Some(&tally);
            last = Some(tally.clone());
            future::ok(is_new.then_some(Tally(tally)))
        }))
    }
}

/// The seq after which a subscriber reads. A transport that numbers its events is told the place, so that its client can
/// resume from there before the first event.
async fn start(ctx: &Context<'_>, feed: &Feed, after: Option<String>) -> Result<i64> {
    let sent = ctx.data_opt::<LastSent>();
    let Some(cursor) = cursor(ctx, after) else {
        let head = feed.head();
        if let Some(sent) = sent {
            sent.set_start(feed.cursor(head).await?.to_string());
        }
        return Ok(head);
    };
    let seq = feed.resolve("after", &cursor).await?;
    if let Some(sent) = sent {
        sent.set_start(cursor);
    }
    Ok(seq)
}

fn place(generation: &str, seq: i64, hash: &str) -> String {
    LedgerCursor::new(generation, seq, hash).to_string()
}
