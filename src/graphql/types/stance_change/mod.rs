//! Stance changes: the records published when a position changes, and the lists of them.

pub mod filter;

mod revision;

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use entity::stance_change::Model;

use super::relationship::{Relationship, load_relationship};
use super::stance::{ChangeKind, Stance};
use super::statement::{StanceStatement, Statement, load_statement};
use crate::cache::tag::CacheTag;
use crate::error::{Error, Result, parse_stored};
use crate::graphql::connection::arguments::PageArguments;
use crate::graphql::connection::{Cursor, Length, connection, load_page};
use crate::graphql::inputs::scalars::{DateTime, Edtf};
use crate::graphql::loaders::filtered_changes::FilteredChanges;
use crate::graphql::loaders::recent_changes::RecentChangesCache;
use crate::graphql::loaders::row::ChangeSeq;
use crate::graphql::loaders::stance_change::ChangeFilter;
use crate::graphql::loaders::{loader_context, loaders, stance_change::Changes};
use crate::graphql::output::direct_json::DirectJson;
use crate::graphql::output::direct_json::ready::ready_fields;
use crate::graphql::pagination::{Page, PageSlice};
use crate::model::cursor::{LedgerCursor, SortKey};
use crate::model::{id::GlobalId, stance};
use filter::StanceChangeFilter;

pub struct StanceChange(pub Arc<Model>);

impl From<Model> for StanceChange {
    fn from(row: Model) -> Self {
        Self(Arc::new(row))
    }
}

connection!(
    /// A page of stance changes.
    StanceChangeConnection, StanceChangeEdge of DirectJson<StanceChange>
);

/// A published change of a requested state's stance. It is never edited: if an underlying statement is corrected or
/// retracted, a new change follows.
#[Object]
impl StanceChange {
    /// Global ID, for `node`.
    pub async fn id(&self) -> ID {
        GlobalId::StanceChange(self.0.seq).to_string().into()
    }

    /// Ledger cursor of the change. Use it as `after` in a list of changes or entries, or in a subscription, to
    /// continue from here without gaps or repeats.
    async fn cursor(&self, ctx: &Context<'_>) -> Result<String> {
        let generation = loader_context(ctx).generation();
        Ok(change_cursor(generation, &self.0).to_string())
    }

    /// The relationship whose position changed. Its `stance` is the current one, not that of the change.
    async fn relationship(&self, ctx: &Context<'_>) -> Result<DirectJson<Relationship>> {
        load_relationship(ctx, self.0.relationship_id)
            .await
            .map(DirectJson)
    }

    /// Stance before the change.
    async fn from(&self) -> Result<Stance> {
        parse_stored::<stance::Stance>(&self.0.from_stance).map(Into::into)
    }

    /// Stance after the change.
    async fn to(&self) -> Result<Stance> {
        parse_stored::<stance::Stance>(&self.0.to_stance).map(Into::into)
    }

    /// Reason for which the change was published.
    async fn kind(&self) -> Result<ChangeKind> {
        parse_stored::<stance::ChangeKind>(&self.0.kind).map(Into::into)
    }

    /// Whether this transition is unusual, for example from `REFUSED` to `IMPLEMENTING`. It deserves a closer look but
    /// is not an error.
    async fn unusual(&self) -> bool {
        self.0.unusual
    }

    /// Whether the position was disputed after the change.
    async fn disputed(&self) -> bool {
        self.0.disputed
    }

    /// Date on which the new stance began, as precise as its sources; null if there is none.
    async fn occurred_on(&self) -> Option<Edtf> {
        self.0.occurred_on.clone().map(Edtf)
    }

    /// Time at which the change was recorded and published.
    async fn recorded_at(&self) -> DateTime {
        DateTime::of_micros(self.0.recorded_at)
    }

    /// The statement that was recorded, corrected or retracted. After a retraction it is not what the new stance rests on:
    /// see `basis`.
    async fn statement(&self, ctx: &Context<'_>) -> Result<DirectJson<Statement>> {
        load_statement(ctx, self.0.statement_id)
            .await
            .map(DirectJson)
    }

    /// The statement that the new stance rested on just after the change; null for UNKNOWN.
    async fn basis(&self, ctx: &Context<'_>) -> Result<Option<DirectJson<StanceStatement>>> {
        Ok(revision::load_basis_after(ctx, &self.0)
            .await?
            .map(DirectJson))
    }

    /// The change that this one takes back, if it is a CORRECTION or RETRACTION: the latest one that rested on the
    /// statement that was corrected or retracted. Null if no change had rested on it.
    async fn revises(&self, ctx: &Context<'_>) -> Result<Option<DirectJson<StanceChange>>> {
        let row = revision::load_revised_change(ctx, &self.0).await?;
        Ok(row.map(|row| DirectJson(row.into())))
    }

    /// The latest change that takes this one back: the one whose `revises` is this change. Null if none does.
    async fn revised_by(&self, ctx: &Context<'_>) -> Result<Option<DirectJson<StanceChange>>> {
        let row = revision::load_revising_change(ctx, &self.0).await?;
        Ok(row.map(|row| DirectJson(row.into())))
    }
}

ready_fields!(StanceChange {
    "id" => id,
    "from" => from,
    "to" => to,
    "kind" => kind,
    "unusual" => unusual,
    "disputed" => disputed,
    "occurredOn" => occurred_on,
    "recordedAt" => recorded_at,
});

fn change_cursor(generation: &str, row: &Model) -> LedgerCursor {
    LedgerCursor::new(generation, row.seq, &row.hash)
}

/// A page of the changes of one relationship.
pub async fn load_change_page(
    ctx: &Context<'_>,
    relationship: i64,
    page: PageArguments,
) -> Result<DirectJson<StanceChangeConnection>> {
    let page = page.ledger_page(ctx).await?;
    let list = Changes {
        nested: true,
        filter: ChangeFilter::default(),
    };
    let parent = Some(SortKey::Number(relationship));
    let context = loader_context(ctx);
    let recent = context.recent_changes();
    if let Some(cached) = recent.and_then(|recent| recent.find(relationship, &page)) {
        context.record_tags([CacheTag::Relationship(relationship)]);
        return into_connection(ctx, cached, Length::lazy(parent, list)).await;
    }
    let seq = recent.map(RecentChangesCache::head);
    let (slice, length) = load_page(ctx, parent, list, page.clone()).await?;
    let slice = slice.map(Arc::new);
    if let (Some(recent), Some(seq)) = (recent, seq) {
        recent.insert(relationship, &page, seq, slice.clone());
    }
    into_connection(ctx, slice, length).await
}

async fn into_connection(
    ctx: &Context<'_>,
    slice: PageSlice<Arc<Model>>,
    length: Length,
) -> Result<DirectJson<StanceChangeConnection>> {
    let generation = loader_context(ctx).generation();
    let edges = slice.map(|row| StanceChangeEdge {
        cursor: Cursor::Ledger(change_cursor(generation, &row)),
        node: DirectJson(StanceChange(row)),
    });
    Ok(DirectJson(StanceChangeConnection::new(edges, length)))
}

async fn load_root_page(
    ctx: &Context<'_>,
    filter: ChangeFilter,
    page: Page,
) -> Result<(PageSlice<Model>, Length)> {
    let context = loader_context(ctx);
    if !filter.is_selective() || !context.has_changes() {
        let changes = Changes {
            nested: false,
            filter,
        };
        return load_page(ctx, None, changes, page).await;
    }
    let changes = FilteredChanges(filter);
    let seqs = changes.page(context, &page).await?;
    let keys = seqs.rows.iter().copied().map(ChangeSeq);
    let mut rows = loaders(ctx).load_many(keys).await?;
    let slice = seqs.try_map(|seq| {
        let row = rows.remove(&ChangeSeq(seq));
        row.ok_or_else(|| Error::internal(format!("change {seq} is missing")))
    });
    Ok((slice?, Length::FilteredChanges(Box::new(changes))))
}

/// Root fields.
#[derive(Default)]
pub struct StanceChangeQuery;

#[Object]
impl StanceChangeQuery {
    /// Stance changes that match the filter, in ledger order. `after` and `before` accept any ledger cursor, even one
    /// whose entry does not match the filter.
    async fn stance_changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter; omit it to include all stance changes.")] filter: Option<
            StanceChangeFilter,
        >,
        #[graphql(desc = "Number of items from the start (0–100, default 20).")] first: Option<i32>,
        #[graphql(desc = "Returns only items after this cursor.")] after: Option<String>,
        #[graphql(desc = "Number of items from the end (0–100); do not combine with `first`.")]
        last: Option<i32>,
        #[graphql(desc = "Returns only items before this cursor.")] before: Option<String>,
    ) -> Result<DirectJson<StanceChangeConnection>> {
        let page = PageArguments {
            first,
            after,
            last,
            before,
        };
        let page = page.ledger_page(ctx).await?;
        let filter = filter.unwrap_or_default().resolve(ctx).await?;
        let (slice, length) = load_root_page(ctx, filter, page).await?;
        into_connection(ctx, slice.map(Arc::new), length).await
    }
}
