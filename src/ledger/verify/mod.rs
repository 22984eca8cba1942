//! Whether the ledger is whole and everything computed from it is what it must be.
//!
//! Walks the chain, replays every entry into a scratch database in memory with the code that recorded it, and compares
//! table by table. Nothing is repaired.

mod compare;

use entity::ledger_entry;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::apply::apply;
use super::batch::{Batch, KNOWN, Known};
use super::export::PAGE;
use super::payload::Payload;
use super::{hash, head, reference_data};
use crate::database::{self, Database};
use crate::error::{Result, stored};

/// Something that is not as the ledger says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The first entry concerned.
    pub seq: i64,
    pub what: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    pub entries: i64,
    pub head: String,
    /// By seq; empty if all is well.
    pub faults: Vec<Fault>,
}

/// Of one moment, whoever writes meanwhile.
pub async fn verify(reader: &DatabaseConnection) -> Result<Report> {
    let db = &database::begin_snapshot(reader).await?;
    let head = head::load(db).await?;
    let scratch = Database::scratch().await?;
    reference_data::fill(&scratch).await?;
    head::ensure(&scratch, &head.origin).await?;
    let mut faults = Vec::new();
    let mut last = (0, hash::genesis(&head.origin));
    let mut known = None;
    loop {
        let entries = page(db, last.0).await?;
        if entries.is_empty() {
            break;
        }
        let (links, broken) = follow(entries, &mut last)?;
        let misfit = replay(&scratch, &mut known, &links).await?;
        // What follows a broken link cannot be trusted, so its projections are not compared.
        if let Some((entry, what)) = misfit {
            faults.push(Fault {
                seq: entry.seq,
                what,
            });
            last = (entry.seq - 1, entry.prev_hash.clone());
        } else if let Some(broken) = broken {
            faults.push(broken);
        }
        if !faults.is_empty() {
            return Ok(Report {
                entries: last.0,
                head: last.1,
                faults,
            });
        }
    }
    // The time counts, too: no later entry may be recorded before it.
    let rebuilt = head::load(&scratch).await?;
    if (head.seq, &head.hash, head.recorded_at) != (rebuilt.seq, &rebuilt.hash, rebuilt.recorded_at)
    {
        let what = format!(
            "the head says entry {} with hash {}, the ledger ends otherwise",
            head.seq, head.hash
        );
        faults.push(Fault {
            seq: head.seq.min(last.0 + 1),
            what,
        });
    }
    // Of a ledger that has lost its end, or got another, the rows are not its own: no earlier entry is at fault for them.
    if head.seq == last.0 {
        faults.extend(compare::compare_all(db, &scratch).await?);
    }
    faults.sort();
    Ok(Report {
        entries: last.0,
        head: last.1,
        faults,
    })
}

async fn page(db: &impl ConnectionTrait, after: i64) -> Result<Vec<ledger_entry::Model>> {
    let entries = ledger_entry::Entity::find()
        .filter(ledger_entry::Column::Seq.gt(after))
        .order_by_asc(ledger_entry::Column::Seq)
        .limit(PAGE);
    Ok(entries.all(db).await?)
}

type Link = (Payload, ledger_entry::Model);

/// The links of the chain after `last`, which is moved to the end of them, and the fault at the first broken one.
fn follow(
    entries: Vec<ledger_entry::Model>,
    last: &mut (i64, String),
) -> Result<(Vec<Link>, Option<Fault>)> {
    let mut links = Vec::with_capacity(entries.len());
    for entry in entries {
        match link(&entry, last)? {
            Ok(payload) => {
                *last = (entry.seq, entry.hash.clone());
                links.push((payload, entry));
            }
            Err(what) => {
                let seq = entry.seq.min(last.0 + 1);
                return Ok((links, Some(Fault { seq, what })));
            }
        }
    }
    Ok((links, None))
}

/// Checks one link of the chain; gives its payload or what is wrong with it.
fn link(
    entry: &ledger_entry::Model,
    (seq, prev_hash): &(i64, String),
) -> Result<Result<Payload, String>> {
    if entry.seq != seq + 1 {
        return Ok(Err(format!("entry {} is missing", seq + 1)));
    }
    if entry.prev_hash != *prev_hash {
        return Ok(Err("it does not follow the entry before it".to_owned()));
    }
    if entry.hash != hash::of(entry)? {
        return Ok(Err("its content is not what was hashed".to_owned()));
    }
    let parsed = stored(&entry.kind).map(|kind| Payload::parse(kind, &entry.payload));
    match parsed {
        Ok(Ok(payload)) => Ok(Ok(payload)),
        _ => Ok(Err("its payload cannot be read".to_owned())),
    }
}

/// Projects a page; gives the first entry that cannot be, and why.
async fn replay<'l>(
    scratch: &DatabaseConnection,
    known: &mut Option<Known>,
    links: &'l [Link],
) -> Result<Option<(&'l ledger_entry::Model, String)>> {
    if project(scratch, known, links).await.is_ok() {
        return Ok(None);
    }
    // Together they do not say which one it is.
    for link in links {
        if let Err(error) = project(scratch, known, std::slice::from_ref(link)).await {
            let what = format!("it does not fit the entries before it: {error}");
            return Ok(Some((&link.1, what)));
        }
    }
    Ok(None)
}

async fn project(
    scratch: &DatabaseConnection,
    known: &mut Option<Known>,
    links: &[Link],
) -> Result<()> {
    let txn = database::begin(scratch).await?;
    let mut batch = Batch::begin(&txn, known.take()).await?;
    let payloads = links.iter().map(|(payload, _)| payload);
    batch.load_references(&txn, payloads).await?;
    for (payload, entry) in links {
        apply(&mut batch, entry.clone(), payload)?;
    }
    let now_known = batch.write(&txn).await?;
    txn.commit().await?;
    *known = now_known.within(KNOWN);
    Ok(())
}
