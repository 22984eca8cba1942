//! The ledger as GraphQL objects: head, genesis and entries with their hashes, for clients that verify the hash chain.

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use entity::ledger_entry::Model;
use entity::ledger_head;

use super::stance_change::StanceChange;
use super::statement::{Statement, find_statement};
use crate::error::{Error, Result, parse_stored};
use crate::graphql::connection::arguments::PageArguments;
use crate::graphql::connection::{Cursor, connection, load_page};
use crate::graphql::inputs::scalars::DateTime;
use crate::graphql::loaders::ledger::{Entries, Head};
use crate::graphql::loaders::{loader_context, loaders, row::ChangeSeq};
use crate::graphql::output::direct_json::DirectJson;
use crate::ledger::hash::genesis;
use crate::model::cursor::LedgerCursor;
use crate::model::source;

/// The ledger, by its head row.
pub struct Ledger(ledger_head::Model);

connection!(
    /// A page of ledger entries.
    LedgerEntryConnection, LedgerEntryEdge of DirectJson<LedgerEntry>
);

/// The append-only list of everything ever recorded. Each entry carries the hash of the one before, so whoever holds an
/// old head can tell whether history before it was altered.
#[Object]
impl Ledger {
    /// 32 hexadecimal digits, drawn when the ledger was begun and again when a copy of it took its place. A cursor of
    /// another generation is refused.
    async fn generation(&self) -> ID {
        ID::from(self.0.generation.as_str())
    }

    /// The place before the first entry: give its cursor as `after` to read everything.
    async fn genesis(&self) -> LedgerHead {
        LedgerHead::new(&self.0.generation, 0, genesis(&self.0.origin), None)
    }

    /// The newest entry's place, or the genesis of an empty ledger.
    async fn head(&self) -> LedgerHead {
        LedgerHead::from_row(&self.0)
    }

    /// All entries, in ledger order.
    async fn entries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start: 0 to 100, 20 if left out.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<LedgerEntryConnection> {
        let page = PageArguments {
            first,
            after,
            last,
            before,
        };
        let page = page.ledger_page(ctx).await?;
        let (slice, length) = load_page(ctx, None, Entries, page).await?;
        let edges = slice.map(|row| LedgerEntryEdge {
            cursor: Cursor::Ledger(entry_cursor(&self.0.generation, &row)),
            node: DirectJson(LedgerEntry(row)),
        });
        Ok(LedgerEntryConnection::new(edges, length))
    }
}

/// How far the ledger has come. Keep it: `hash` fixes everything up to `seq` for ever.
#[derive(SimpleObject)]
pub struct LedgerHead {
    /// Of the newest entry; 0 before the first.
    seq: i64,
    /// SHA-256 of the newest entry, 64 hexadecimal digits.
    hash: String,
    /// Its place: give it as `after` to go on from here.
    cursor: String,
    /// When the newest entry was recorded; null before the first.
    recorded_at: Option<DateTime>,
}

impl LedgerHead {
    pub fn from_row(row: &ledger_head::Model) -> Self {
        Self::new(&row.generation, row.seq, row.hash.clone(), row.recorded_at)
    }

    /// `recorded_at` is in microseconds since 1970.
    pub fn new(generation: &str, seq: i64, hash: String, recorded_at: Option<i64>) -> Self {
        Self {
            seq,
            cursor: LedgerCursor::new(generation, seq, &hash).to_string(),
            hash,
            recorded_at: recorded_at.map(DateTime::of_micros),
        }
    }
}

/// What a ledger entry records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "source::EntryKind")]
pub enum EntryKind {
    /// An initiative was opened.
    InitiativeOpened,
    /// A source was registered.
    SourceRegistered,
    /// A statement was recorded.
    StatementRecorded,
    /// A statement was recorded that replaces another.
    StatementCorrected,
    /// A statement was taken back.
    StatementRetracted,
    /// A statement was tied to further sources.
    EvidenceAdded,
}

pub struct LedgerEntry(pub Model);

/// One thing recorded, for ever.
#[Object]
impl LedgerEntry {
    /// Its number, from 1, without gaps.
    async fn seq(&self) -> i64 {
        self.0.seq
    }

    /// What it records.
    async fn kind(&self) -> Result<EntryKind> {
        parse_stored::<source::EntryKind>(&self.0.kind).map(Into::into)
    }

    /// What was recorded, as the text of canonical JSON (RFC 8785).
    async fn payload(&self) -> &str {
        &self.0.payload
    }

    /// Who recorded it: `token:` and the name of an editor's token, or `import`.
    async fn actor(&self) -> &str {
        &self.0.actor
    }

    /// When it was recorded; never before the entry before it.
    async fn recorded_at(&self) -> DateTime {
        DateTime::of_micros(self.0.recorded_at)
    }

    /// Hash of the entry before it, or of the genesis; 64 hexadecimal digits.
    async fn prev_hash(&self) -> &str {
        &self.0.prev_hash
    }

    /// SHA-256, 64 hexadecimal digits.
    async fn hash(&self) -> &str {
        &self.0.hash
    }

    /// Its place: give it as `after` to go on from here.
    async fn cursor(&self, ctx: &Context<'_>) -> Result<String> {
        let generation = loader_context(ctx).generation();
        Ok(entry_cursor(generation, &self.0).to_string())
    }

    /// The stance change that it caused; null if it caused none.
    async fn stance_change(&self, ctx: &Context<'_>) -> Result<Option<DirectJson<StanceChange>>> {
        let row = loaders(ctx).load_one(ChangeSeq(self.0.seq)).await?;
        Ok(row.map(StanceChange::from).map(DirectJson))
    }

    /// The statement that it recorded; null if it recorded something else.
    async fn statement(&self, ctx: &Context<'_>) -> Result<Option<Statement>> {
        find_statement(ctx, self.0.seq).await
    }
}

fn entry_cursor(generation: &str, row: &Model) -> LedgerCursor {
    LedgerCursor::new(generation, row.seq, &row.hash)
}

/// Root fields.
#[derive(Default)]
pub struct LedgerQuery;

#[Object]
impl LedgerQuery {
    /// The append-only list of everything ever recorded.
    async fn ledger(&self, ctx: &Context<'_>) -> Result<Ledger> {
        let head = loaders(ctx).load_one(Head).await?;
        head.map(Ledger)
            .ok_or_else(|| Error::internal("the ledger has no head row"))
    }
}
