//! Stance changes: what we published when a position changed.

pub mod filter;

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use entity::stance_change::Model;

use super::relationship::{self, Relationship};
use super::stance::{ChangeKind, Stance};
use super::statement::{self, Statement};
use crate::cache::tag::Tag;
use crate::error::{Result, stored};
use crate::graphql::connection::arguments::PageArguments;
use crate::graphql::connection::{Cursor, Length, connection, load_page};
use crate::graphql::inputs::scalars::{DateTime, Edtf};
use crate::graphql::loaders::stance_change::ChangeFilter;
use crate::graphql::loaders::{reader, stance_change::Changes};
use crate::graphql::output::direct_json::Direct;
use crate::graphql::pagination::Slice;
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
    StanceChangeConnection, StanceChangeEdge of Direct<StanceChange>
);

/// What we published when the position of a requested state changed. It is never edited: where a statement behind it is
/// corrected or retracted, another change follows.
#[Object]
impl StanceChange {
    /// Global identifier, for `node`.
    pub async fn id(&self) -> ID {
        GlobalId::StanceChange(self.0.seq).to_string().into()
    }

    /// Its place in the ledger: give it as `after` to any list of changes or entries, or to a subscription, to go on
    /// from here without a gap or a repeat.
    async fn cursor(&self, ctx: &Context<'_>) -> Result<String> {
        let generation = reader(ctx).generation();
        Ok(cursor(generation, &self.0).to_string())
    }

    /// The relationship whose position changed; its `stance` is that of now, not of the change.
    async fn relationship(&self, ctx: &Context<'_>) -> Result<Direct<Relationship>> {
        relationship::load(ctx, self.0.relationship_id)
            .await
            .map(Direct)
    }

    /// The stance before.
    async fn from(&self) -> Result<Stance> {
        stored::<stance::Stance>(&self.0.from_stance).map(Into::into)
    }

    /// The stance after.
    async fn to(&self) -> Result<Stance> {
        stored::<stance::Stance>(&self.0.to_stance).map(Into::into)
    }

    /// Why it was published.
    async fn kind(&self) -> Result<ChangeKind> {
        stored::<stance::ChangeKind>(&self.0.kind).map(Into::into)
    }

    /// Whether such a move is rare, for example from REFUSED to IMPLEMENTING. Worth a second look, and not an error.
    async fn unusual(&self) -> bool {
        self.0.unusual
    }

    /// Whether the position was disputed after the change.
    async fn disputed(&self) -> bool {
        self.0.disputed
    }

    /// When the new stance began in the world, no more exact than its sources; null where there is no such date.
    async fn occurred_on(&self) -> Option<Edtf> {
        self.0.occurred_on.clone().map(Edtf)
    }

    /// When we recorded and published it.
    async fn recorded_at(&self) -> DateTime {
        DateTime::of_micros(self.0.recorded_at)
    }

    /// The statement that was recorded, corrected or retracted.
    async fn statement(&self, ctx: &Context<'_>) -> Result<Statement> {
        statement::load(ctx, self.0.statement_id).await
    }
}

fn cursor(generation: &str, row: &Model) -> LedgerCursor {
    LedgerCursor::new(generation, row.seq, &row.hash)
}

/// A page of the changes of one relationship.
pub async fn list_below(
    ctx: &Context<'_>,
    relationship: i64,
    page: PageArguments,
) -> Result<Direct<StanceChangeConnection>> {
    let page = page.ledger_page(ctx).await?;
    let list = Changes {
        nested: true,
        filter: ChangeFilter::default(),
    };
    let parent = Some(SortKey::Number(relationship));
    let reader = reader(ctx);
    if let Some(kept) = reader.recent().find(relationship, &page) {
        reader.note([Tag::Relationship(relationship)]);
        return connect(ctx, kept, Length::lazy(parent, list)).await;
    }
    let seq = reader.recent().begin();
    let (slice, length) = load_page(ctx, parent, list, page.clone()).await?;
    let slice = slice.map(Arc::new);
    let recent = reader.recent();
    recent.keep(relationship, &page, seq, slice.clone());
    connect(ctx, slice, length).await
}

async fn connect(
    ctx: &Context<'_>,
    slice: Slice<Arc<Model>>,
    length: Length,
) -> Result<Direct<StanceChangeConnection>> {
    let generation = reader(ctx).generation();
    let edges = slice.map(|row| StanceChangeEdge {
        cursor: Cursor::Ledger(cursor(generation, &row)),
        node: Direct(StanceChange(row)),
    });
    Ok(Direct(StanceChangeConnection::new(edges, length)))
}

/// Root fields.
#[derive(Default)]
pub struct StanceChangeQuery;

#[Object]
impl StanceChangeQuery {
    /// All stance changes that pass the filter, in ledger order. The cursors are those of the ledger: `after` takes any
    /// of them, whether or not its entry passes the filter.
    async fn stance_changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Conditions on the changes.")] filter: Option<StanceChangeFilter>,
        #[graphql(desc = "So many from the start: 0 to 100, 20 if left out.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Direct<StanceChangeConnection>> {
        let page = PageArguments {
            first,
            after,
            last,
            before,
        };
        let page = page.ledger_page(ctx).await?;
        let filter = filter.unwrap_or_default().resolve(ctx)?;
        let changes = Changes {
            nested: false,
            filter,
        };
        let (slice, length) = load_page(ctx, None, changes, page).await?;
        connect(ctx, slice.map(Arc::new), length).await
    }
}
