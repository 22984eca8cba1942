//! The ledger as GraphQL objects: head, genesis and entries with their hashes, for clients that verify the hash chain.

use async_graphql::{ComplexObject, Context, Enum, ID, Object, SimpleObject};
use entity::ledger_entry::Model;
use entity::ledger_head;

use super::proof::{ConsistencyProof, InclusionProof, TreeHead, load_signer};
use super::stance_change::StanceChange;
use super::statement::{Statement, find_statement};
use crate::error::{Error, Result, parse_stored};
use crate::graphql::connection::arguments::PageArguments;
use crate::graphql::connection::{Cursor, connection, load_page};
use crate::graphql::inputs::scalars::DateTime;
use crate::graphql::loaders::ledger::{Entries, Head, HeadAt};
use crate::graphql::loaders::{loader_context, loaders, row::ChangeSeq};
use crate::graphql::output::direct_json::DirectJson;
use crate::graphql::output::direct_json::ready::ready_enum;
use crate::graphql::output::direct_json::ready::ready_fields;
use crate::ledger::{hash::genesis, payload::Payload};
use crate::model::cursor::LedgerCursor;
use crate::model::source;

/// The ledger. Its head is loaded by the fields that need it: proofs about earlier entries stay valid when it moves.
pub struct Ledger;

connection!(
    /// A page of ledger entries.
    LedgerEntryConnection, LedgerEntryEdge of DirectJson<LedgerEntry>
);

/// The append-only list of everything ever recorded. Each entry contains the hash of its predecessor, so a saved head
/// reveals whether the history before it was altered.
#[Object]
impl Ledger {
    /// Random identifier of this database, 32 hexadecimal digits; generated when the database is created and again
    /// after a restore. Cursors of another generation are rejected with `CURSOR_INVALID`.
    async fn generation(&self, ctx: &Context<'_>) -> ID {
        ID::from(loader_context(ctx).generation())
    }

    /// The head before the first entry. Use its cursor as `after` to read everything.
    async fn genesis(&self, ctx: &Context<'_>) -> Result<DirectJson<LedgerHead>> {
        Ok(DirectJson(genesis_head(&load_head(ctx).await?)))
    }

    /// Key that verifies the signed notes of tree heads, in the format of C2SP signed-note. Keep it: a key that is read together with
    /// what it verifies proves nothing about who signed.
    async fn verifier_key(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(load_signer(ctx).await?.verifier_key())
    }

    /// The head: the newest entry or, if there is none, the genesis.
    async fn head(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The head at this time; defaults to now.")] at: Option<DateTime>,
    ) -> Result<DirectJson<LedgerHead>> {
        let head = load_head(ctx).await?;
        let Some(at) = at else {
            return Ok(DirectJson(LedgerHead::from_row(&head)));
        };
        let at = at.timestamp("at")?;
        let entry = loaders(ctx).load_one(HeadAt(at.0)).await?;
        Ok(DirectJson(match entry {
            Some(entry) => {
                let recorded_at = Some(entry.recorded_at);
                LedgerHead::new(&head.generation, entry.seq, entry.hash, recorded_at)
            }
            None => genesis_head(&head),
        }))
    }

    /// All entries in ledger order.
    async fn entries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Number of items from the start (0–100, default 20).")] first: Option<i32>,
        #[graphql(desc = "Returns only items after this cursor.")] after: Option<String>,
        #[graphql(desc = "Number of items from the end (0–100); do not combine with `first`.")]
        last: Option<i32>,
        #[graphql(desc = "Returns only items before this cursor.")] before: Option<String>,
    ) -> Result<DirectJson<LedgerEntryConnection>> {
        let page = PageArguments {
            first,
            after,
            last,
            before,
        };
        let head = load_head(ctx).await?;
        let page = page.ledger_page(ctx).await?;
        let (slice, length) = load_page(ctx, None, Entries, page).await?;
        let edges = slice.map(|row| LedgerEntryEdge {
            cursor: Cursor::Ledger(entry_cursor(&head.generation, &row)),
            node: DirectJson(LedgerEntry(row)),
        });
        Ok(DirectJson(LedgerEntryConnection::new(edges, length)))
    }

    /// Proof that an entry is in a tree.
    async fn inclusion_proof(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Sequence number of the entry.")] seq: i64,
        #[graphql(desc = "Number of entries in the tree; defaults to all.")] tree_size: Option<i64>,
    ) -> Result<DirectJson<InclusionProof>> {
        let size = tree_size_of(ctx, "treeSize", tree_size).await?;
        InclusionProof::new(seq, size).map(DirectJson)
    }

    /// Proof that the tree of the first `from` entries is the beginning of that of the first `to`.
    async fn consistency_proof(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Number of entries in the smaller tree, at least 1.")] from: i64,
        #[graphql(desc = "Number of entries in the larger tree; defaults to all.")] to: Option<i64>,
    ) -> Result<DirectJson<ConsistencyProof>> {
        let from = tree_size_of(ctx, "from", Some(from)).await?;
        let to = tree_size_of(ctx, "to", to).await?;
        ConsistencyProof::new(from, to).map(DirectJson)
    }
}

ready_fields!(Ledger {
    "generation" => generation,
});

/// The number of entries of a tree, which the ledger has; by default all.
async fn tree_size_of(ctx: &Context<'_>, field: &str, size: Option<i64>) -> Result<u64> {
    let size = match size {
        Some(size) => size,
        None => load_head(ctx).await?.seq,
    };
    loader_context(ctx).tree_size(field, size).await
}

/// The head of the ledger: the newest, or that of the pin.
pub async fn load_head(ctx: &Context<'_>) -> Result<ledger_head::Model> {
    let head = loaders(ctx).load_one(Head).await?;
    head.ok_or_else(|| Error::internal("the ledger has no head row"))
}

fn genesis_head(head: &ledger_head::Model) -> LedgerHead {
    LedgerHead::new(&head.generation, 0, genesis(&head.origin), None)
}

/// A position in the ledger with the hash of all history up to it. Store it to detect later whether that history was
/// altered.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct LedgerHead {
    /// Sequence number of the newest entry; 0 if there is none.
    seq: i64,
    /// SHA-256 hash of the newest entry, or of the genesis if there is none; 64 hexadecimal digits.
    hash: String,
    /// Cursor of this position; use it as `after` to continue from here.
    cursor: String,
    /// Time at which the newest entry was recorded; null if there is none.
    recorded_at: Option<DateTime>,
}

ready_fields!(LedgerHead {
    "seq" => seq,
    "hash" => hash,
    "cursor" => cursor,
    "recordedAt" => recorded_at,
});

#[ComplexObject]
impl LedgerHead {
    /// Head of the Merkle tree over the entries up to this one.
    async fn tree_head(&self, ctx: &Context<'_>) -> Result<DirectJson<TreeHead>> {
        let size = loader_context(ctx).tree_size("seq", self.seq).await?;
        TreeHead::load(ctx, size).await.map(DirectJson)
    }
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

/// Kind of event that a ledger entry records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "source::EntryKind")]
pub enum EntryKind {
    /// An initiative was opened.
    InitiativeOpened,
    /// A source was registered.
    SourceRegistered,
    /// A statement was recorded.
    StatementRecorded,
    /// A statement was corrected by a new one.
    StatementCorrected,
    /// A statement was retracted.
    StatementRetracted,
    /// Evidence was added to a statement.
    EvidenceAdded,
    /// An editor checked a relationship or an initiative and found nothing new to record.
    ReviewRecorded,
    /// An edition of an import document was imported completely.
    EditionImported,
    /// The data of a source were corrected.
    SourceCorrected,
}

ready_enum!(EntryKind);

pub struct LedgerEntry(pub Model);

/// A ledger entry. Entries are immutable.
#[Object]
impl LedgerEntry {
    /// Sequence number, starting at 1, without gaps.
    async fn seq(&self) -> i64 {
        self.0.seq
    }

    /// Kind of event that it records.
    async fn kind(&self) -> Result<EntryKind> {
        parse_stored::<source::EntryKind>(&self.0.kind).map(Into::into)
    }

    /// Recorded content as canonical JSON text (RFC 8785). Its numbers refer to other entries by `seq`.
    async fn payload(&self) -> &str {
        &self.0.payload
    }

    /// Author: `token:` followed by the name of an editor's token, or `import`.
    async fn actor(&self) -> &str {
        &self.0.actor
    }

    /// Time of recording; never earlier than that of the preceding entry.
    async fn recorded_at(&self) -> DateTime {
        DateTime::of_micros(self.0.recorded_at)
    }

    /// Hash of the preceding entry, or of the genesis for the first entry; 64 hexadecimal digits.
    async fn prev_hash(&self) -> &str {
        &self.0.prev_hash
    }

    /// SHA-256 hash of this entry, 64 hexadecimal digits.
    async fn hash(&self) -> &str {
        &self.0.hash
    }

    /// Cursor of this position; use it as `after` to continue from here.
    async fn cursor(&self, ctx: &Context<'_>) -> Result<String> {
        let generation = loader_context(ctx).generation();
        Ok(entry_cursor(generation, &self.0).to_string())
    }

    /// The stance change that the entry caused; null if there is none.
    async fn stance_change(&self, ctx: &Context<'_>) -> Result<Option<DirectJson<StanceChange>>> {
        let row = loaders(ctx).load_one(ChangeSeq(self.0.seq)).await?;
        Ok(row.map(StanceChange::from).map(DirectJson))
    }

    /// The statement that the entry recorded; null for other kinds of entries.
    async fn statement(&self, ctx: &Context<'_>) -> Result<Option<DirectJson<Statement>>> {
        Ok(find_statement(ctx, self.0.seq).await?.map(DirectJson))
    }

    /// The statement that the entry records, retracts or adds evidence to; of a correction, the new one, whose `corrects`
    /// is the one that it replaces. Null for entries that are about no statement.
    async fn about(&self, ctx: &Context<'_>) -> Result<Option<DirectJson<Statement>>> {
        match changed_statement(&self.0)? {
            Some(id) => Ok(find_statement(ctx, id).await?.map(DirectJson)),
            None => Ok(None),
        }
    }
}

ready_fields!(LedgerEntry {
    "seq" => seq,
    "kind" => kind,
    "payload" => payload,
    "actor" => actor,
    "recordedAt" => recorded_at,
    "prevHash" => prev_hash,
    "hash" => hash,
});

fn changed_statement(entry: &Model) -> Result<Option<i64>> {
    let kind = parse_stored(&entry.kind)?;
    let payload = Payload::parse(kind, &entry.payload).map_err(Error::internal)?;
    Ok(payload.changed_statement(entry.seq))
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
    async fn ledger(&self) -> DirectJson<Ledger> {
        DirectJson(Ledger)
    }
}
