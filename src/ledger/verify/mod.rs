//! Verification of the ledger and of its projections.
//!
//! It checks the hash chain, replays every entry into an in-memory database with the code that recorded it, and compares the
//! tables. It repairs nothing.

mod compare;

use std::fmt;

use entity::ledger_entry;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::apply::apply;
use super::batch::{Batch, BatchCache};
use super::export::PAGE_SIZE;
use super::head::{self, Seed};
use super::payload::Payload;
use super::{hash, reference_data};
use crate::database::{self, Database};
use crate::error::{Result, parse_stored};

/// A difference between the database and what its ledger determines.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Discrepancy {
    /// Seq of the first affected entry; 0 for rows that do not depend on an entry, such as those of countries.
    pub seq: i64,
    pub what: String,
}

impl fmt::Display for Discrepancy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.seq {
            0 => formatter.write_str(&self.what),
            seq => write!(formatter, "entry {seq}: {}", self.what),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyReport {
    pub entries: i64,
    pub head: String,
    /// Ascending by seq; empty if the database is consistent.
    pub discrepancies: Vec<Discrepancy>,
}

/// Verifies a snapshot of the database; servers may write meanwhile.
pub async fn verify(reader: &DatabaseConnection) -> Result<VerifyReport> {
    let db = &database::begin_snapshot(reader).await?;
    let head = head::load_head(db).await?;
    let scratch = Database::open_in_memory().await?;
    reference_data::insert(&scratch).await?;
    head::initialise(&scratch, &head.origin, Seed::None).await?;
    let mut discrepancies = Vec::new();
    let mut last = (0, hash::genesis(&head.origin));
    let mut cache = None;
    loop {
        let entries = load_page(db, last.0).await?;
        if entries.is_empty() {
            break;
        }
        let (links, broken_link) = check_chain(entries, &mut last)?;
        let mismatch = replay(&scratch, &mut cache, &links).await?;
        // Entries after a broken link are not trustworthy, so projections are not compared.
        if let Some((entry, what)) = mismatch {
            discrepancies.push(Discrepancy {
                seq: entry.seq,
                what,
            });
            last = (entry.seq - 1, entry.prev_hash.clone());
        } else if let Some(broken_link) = broken_link {
            discrepancies.push(broken_link);
        }
        if !discrepancies.is_empty() {
            return Ok(VerifyReport {
                entries: last.0,
                head: last.1,
                discrepancies,
            });
        }
    }
    // The time is compared, too: a later entry must not be recorded before it.
    let rebuilt = head::load_head(&scratch).await?;
    if (head.seq, &head.hash, head.recorded_at) != (rebuilt.seq, &rebuilt.hash, rebuilt.recorded_at)
    {
        let what = format!(
            "the stored head (entry {}, hash {}) does not match the end of the ledger",
            head.seq, head.hash
        );
        discrepancies.push(Discrepancy {
            seq: head.seq.min(last.0 + 1),
            what,
        });
    }
    // If entries at the end are missing or replaced, the rows belong to other entries: the remaining entries are not affected.
    if head.seq == last.0 {
        discrepancies.extend(compare::compare_all(db, &scratch).await?);
    }
    discrepancies.sort();
    Ok(VerifyReport {
        entries: last.0,
        head: last.1,
        discrepancies,
    })
}

async fn load_page(db: &impl ConnectionTrait, after: i64) -> Result<Vec<ledger_entry::Model>> {
    let entries = ledger_entry::Entity::find()
        .filter(ledger_entry::Column::Seq.gt(after))
        .order_by_asc(ledger_entry::Column::Seq)
        .limit(PAGE_SIZE);
    Ok(entries.all(db).await?)
}

type Link = (Payload, ledger_entry::Model);

/// The valid links of the chain after `last`, and the first broken one. Moves `last` to the end of the valid links.
fn check_chain(
    entries: Vec<ledger_entry::Model>,
    last: &mut (i64, String),
) -> Result<(Vec<Link>, Option<Discrepancy>)> {
    let mut links = Vec::with_capacity(entries.len());
    for entry in entries {
        match check_link(&entry, last)? {
            Ok(payload) => {
                *last = (entry.seq, entry.hash.clone());
                links.push((payload, entry));
            }
            Err(what) => {
                let seq = entry.seq.min(last.0 + 1);
                return Ok((links, Some(Discrepancy { seq, what })));
            }
        }
    }
    Ok((links, None))
}

/// Checks one link of the chain; returns its payload or the reason why it is broken.
fn check_link(
    entry: &ledger_entry::Model,
    (seq, prev_hash): &(i64, String),
) -> Result<Result<Payload, String>> {
    if entry.seq != seq + 1 {
        return Ok(Err(format!("entry {} is missing", seq + 1)));
    }
    if entry.prev_hash != *prev_hash {
        return Ok(Err(
            "the previous hash does not match the entry before it".to_owned()
        ));
    }
    if entry.hash != hash::hash_entry(entry)? {
        return Ok(Err("the content does not match the hash".to_owned()));
    }
    let parsed = parse_stored(&entry.kind).map(|kind| Payload::parse(kind, &entry.payload));
    match parsed {
        Ok(Ok(payload)) => Ok(Ok(payload)),
        _ => Ok(Err("the payload cannot be parsed".to_owned())),
    }
}

/// Projects a page; returns the first entry that cannot be projected, and the reason.
async fn replay<'l>(
    scratch: &DatabaseConnection,
    cache: &mut Option<BatchCache>,
    links: &'l [Link],
) -> Result<Option<(&'l ledger_entry::Model, String)>> {
    if project_links(scratch, cache, links).await.is_ok() {
        return Ok(None);
    }
    // The batch failed as a whole: project one by one to find the entry.
    for link in links {
        if let Err(error) = project_links(scratch, cache, std::slice::from_ref(link)).await {
            let what = format!("inconsistent with earlier entries: {error}");
            return Ok(Some((&link.1, what)));
        }
    }
    Ok(None)
}

async fn project_links(
    scratch: &DatabaseConnection,
    cache: &mut Option<BatchCache>,
    links: &[Link],
) -> Result<()> {
    let txn = database::begin(scratch).await?;
    let mut batch = Batch::begin(&txn, cache.take()).await?;
    let payloads = links.iter().map(|(payload, _)| payload);
    batch.load_references(&txn, payloads).await?;
    for (payload, entry) in links {
        apply(&mut batch, entry.clone(), payload)?;
    }
    let new_cache = batch.write(&txn).await?;
    txn.commit().await?;
    *cache = new_cache.if_within_limit();
    Ok(())
}
