//! Verification of the ledger and of its projections.
//!
//! It checks the hash chain, builds the Merkle tree again, determines the rows of every entry with the code that recorded it, and compares them with the tables.
//! Both are read in pages, in the order of seq; memory grows only by the compact state of `mod replay`. It repairs nothing.

mod chain;
mod compare;
mod dates;
mod findings;
mod relationships;
mod repetitions;
mod replay;
mod seq;
mod sources;
mod statements;
mod status;
mod tables;
mod tree;
mod unresolved;

use entity::{ledger_entry, ledger_head};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseConnection, DatabaseTransaction, EntityTrait,
    QueryFilter, QueryOrder, QuerySelect,
};
use tokio::task::{JoinHandle, spawn_blocking};

use super::export::PAGE_SIZE;
use super::head;
use super::progress::Progress;
use crate::database;
use crate::error::{Error, Result};
use chain::{ChainEnd, CheckedPage, check_chain};
pub use findings::Discrepancy;
use findings::Findings;
use replay::Replay;
use tables::SeqRange;
use tree::Tree;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyReport {
    pub entries: i64,
    pub head: String,
    /// Ascending by seq; empty if the database is consistent.
    pub discrepancies: Vec<Discrepancy>,
}

/// Verifies a snapshot of the database; servers may write meanwhile.
pub async fn verify(reader: &DatabaseConnection) -> Result<VerifyReport> {
    verify_with(reader, PAGE_SIZE, &()).await
}

/// As [`verify`], with the number of entries that are compared at a time.
pub async fn verify_with(
    reader: &DatabaseConnection,
    page_size: u64,
    progress: &impl Progress,
) -> Result<VerifyReport> {
    let db = &database::begin_snapshot(reader).await?;
    let head = head::load_head(db).await?;
    progress.add_expected(usize::try_from(head.seq).unwrap_or_default());
    let mut verification = Verification {
        db,
        page_size,
        end: ChainEnd::genesis(&head.origin),
        head,
        replay: Replay::default(),
        tree: Tree::default(),
        findings: Findings::default(),
        compared: SeqRange::default(),
    };
    let mut next = verification
        .check_page_after(verification.end.clone())
        .await?;
    while let Some(page) = next {
        let page = page.await.map_err(Error::internal)??;
        // Its hashes are checked meanwhile.
        next = match page.broken_link {
            None => verification.check_page_after(page.end.clone()).await?,
            Some(_) => None,
        };
        let entries = page.links.len();
        if let Some(discrepancy) = verification.verify_page(page).await? {
            return Ok(verification.report(vec![discrepancy]));
        }
        progress.add_done(entries);
    }
    verification.finish().await
}

struct Verification<'d> {
    db: &'d DatabaseTransaction,
    page_size: u64,
    /// The stored head.
    head: ledger_head::Model,
    /// The last valid entry so far.
    end: ChainEnd,
    replay: Replay,
    tree: Tree,
    findings: Findings,
    /// The entries of the page before.
    compared: SeqRange,
}

impl Verification<'_> {
    /// Loads the page after an entry and starts to check its hashes; `None` after the last page.
    async fn check_page_after(
        &self,
        end: ChainEnd,
    ) -> Result<Option<JoinHandle<Result<CheckedPage>>>> {
        let entries = load_page(self.db, end.seq, self.page_size).await?;
        let is_empty = entries.is_empty();
        Ok((!is_empty).then(|| spawn_blocking(move || check_chain(entries, end))))
    }

    /// Compares the rows of a page. Returns the discrepancy that ends the verification: entries after a broken link are not
    /// trustworthy.
    async fn verify_page(&mut self, page: CheckedPage) -> Result<Option<Discrepancy>> {
        let head = ledger_head::Model {
            seq: self.end.seq,
            ..self.head.clone()
        };
        let batch = self.replay.load(head, &page.links)?;
        let rows = match replay::project(batch, &page.links) {
            Ok(rows) => rows,
            Err((entry, reason)) => {
                self.end.seq = entry.seq - 1;
                self.end.hash.clone_from(&entry.prev_hash);
                let what = format!("inconsistent with earlier entries: {reason}");
                return Ok(Some(Discrepancy {
                    seq: entry.seq,
                    what,
                }));
            }
        };
        self.end = page.end;
        if page.broken_link.is_some() {
            return Ok(page.broken_link);
        }
        let range = SeqRange {
            after: self.compared.until,
            until: Some(self.end.seq),
        };
        let (replay, findings) = (&self.replay, &mut self.findings);
        let actual = compare::compare_page(self.db, range, &rows, replay, findings).await?;
        self.replay.store(&rows, &page.links, &actual)?;
        self.tree.add(&page.links)?;
        self.compared = range;
        Ok(None)
    }

    async fn finish(mut self) -> Result<VerifyReport> {
        // If entries at the end are missing or replaced, the rows belong to other entries: the remaining entries are not affected.
        let is_complete = self.head.seq == self.end.seq;
        let mut findings = if is_complete {
            std::mem::take(&mut self.findings)
        } else {
            Findings::default()
        };
        // The time is compared, too: a later entry must not be recorded before it.
        let head = ChainEnd {
            seq: self.head.seq,
            hash: self.head.hash.clone(),
            recorded_at: self.head.recorded_at,
        };
        if head != self.end {
            let what = format!(
                "the stored head (entry {}, hash {}) does not match the end of the ledger",
                head.seq, head.hash
            );
            findings.add(head.seq.min(self.end.seq + 1), what);
        }
        if is_complete {
            let rest = SeqRange {
                after: self.compared.until,
                until: None,
            };
            compare::compare_countries(self.db, &mut findings).await?;
            compare::compare_rest(self.db, rest, &self.replay, &mut findings).await?;
            compare::compare_tree(self.db, &self.tree.rows()?, &mut findings).await?;
            let backend = self.db.get_database_backend();
            repetitions::find_repetitions(self.db, backend, &mut findings).await?;
        }
        let discrepancies = findings.into_discrepancies();
        Ok(self.report(discrepancies))
    }

    fn report(self, discrepancies: Vec<Discrepancy>) -> VerifyReport {
        VerifyReport {
            entries: self.end.seq,
            head: self.end.hash,
            discrepancies,
        }
    }
}

async fn load_page(
    db: &DatabaseTransaction,
    after: i64,
    size: u64,
) -> Result<Vec<ledger_entry::Model>> {
    let entries = ledger_entry::Entity::find()
        .filter(ledger_entry::Column::Seq.gt(after))
        .order_by_asc(ledger_entry::Column::Seq)
        .limit(size);
    Ok(entries.all(db).await?)
}
