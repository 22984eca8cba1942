//! Whether the ledger is whole and everything computed from it is what it must be.
//!
//! Walks the chain, replays every entry into a scratch database in memory with the code that recorded it, and compares
//! table by table. Nothing is repaired.

use std::collections::BTreeMap;

use entity::ledger_entry;
use sea_orm::{
    ColumnTrait, DatabaseConnection, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect, Statement,
};

use super::export::PAGE;
use super::payload::Payload;
use super::{append, hash, head, project, reference};
use crate::database::Database;
use crate::error::{Error, Result, stored};

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

pub async fn verify(db: &DatabaseConnection) -> Result<Report> {
    let head = head::load(db).await?;
    let scratch = Database::scratch().await?;
    reference::fill(&scratch).await?;
    head::ensure(&scratch, &head.generation).await?;
    let mut faults = Vec::new();
    let mut last = (0, hash::genesis(&head.generation));
    loop {
        let entries = page(db, last.0).await?;
        if entries.is_empty() {
            break;
        }
        for entry in entries {
            if let Some(what) = replay(&scratch, &entry, &last).await? {
                // What follows a broken link cannot be trusted, so its projections are not compared.
                faults.push(Fault {
                    seq: entry.seq.min(last.0 + 1),
                    what,
                });
                return Ok(Report {
                    entries: last.0,
                    head: last.1,
                    faults,
                });
            }
            last = (entry.seq, entry.hash);
        }
    }
    // The time counts, too: no later entry may be recorded before it.
    if head != head::load(&scratch).await? {
        let what = format!(
            "the head says entry {} with hash {}, the ledger ends otherwise",
            head.seq, head.hash
        );
        faults.push(Fault {
            seq: head.seq.min(last.0 + 1),
            what,
        });
    }
    faults.extend(compare_all(db, &scratch).await?);
    faults.sort();
    Ok(Report {
        entries: last.0,
        head: last.1,
        faults,
    })
}

async fn page(db: &DatabaseConnection, after: i64) -> Result<Vec<ledger_entry::Model>> {
    let entries = ledger_entry::Entity::find()
        .filter(ledger_entry::Column::Seq.gt(after))
        .order_by_asc(ledger_entry::Column::Seq)
        .limit(PAGE);
    Ok(entries.all(db).await?)
}

/// Checks one link of the chain and projects the entry; gives what is wrong with it.
async fn replay(
    scratch: &DatabaseConnection,
    entry: &ledger_entry::Model,
    (seq, prev_hash): &(i64, String),
) -> Result<Option<String>> {
    if entry.seq != seq + 1 {
        return Ok(Some(format!("entry {} is missing", seq + 1)));
    }
    if entry.prev_hash != *prev_hash {
        return Ok(Some("it does not follow the entry before it".to_owned()));
    }
    if entry.hash != hash::of(entry)? {
        return Ok(Some("its content is not what was hashed".to_owned()));
    }
    let parsed = stored(&entry.kind).map(|kind| Payload::parse(kind, &entry.payload));
    let Ok(Ok(payload)) = parsed else {
        return Ok(Some("its payload cannot be read".to_owned()));
    };
    append::insert(scratch, entry).await?;
    let head = head::load(scratch).await?;
    head::advance(scratch, head, entry).await?;
    match project::project(scratch, entry, &payload).await {
        Ok(()) => Ok(None),
        Err(error) => Ok(Some(format!(
            "it does not fit the entries before it: {error}"
        ))),
    }
}

/// The differing rows of one table, by the seq that each names.
macro_rules! compare {
    ($faults:ident, $db:ident, $scratch:ident, $table:ident, $key:expr, $seq:expr) => {
        let key: fn(&entity::$table::Model) -> _ = $key;
        let seq: fn(&entity::$table::Model) -> i64 = $seq;
        let found = entity::$table::Entity::find().all($db).await?;
        let expected = entity::$table::Entity::find().all($scratch).await?;
        let found = found.into_iter().map(|row| (key(&row), row)).collect();
        let expected = expected.into_iter().map(|row| (key(&row), row)).collect();
        differences(stringify!($table), &found, &expected, seq, &mut $faults);
    };
}

async fn compare_all(db: &DatabaseConnection, scratch: &DatabaseConnection) -> Result<Vec<Fault>> {
    let mut faults = Vec::new();
    compare!(faults, db, scratch, initiative, |row| row.id, |row| row.id);
    compare!(faults, db, scratch, source, |row| row.id, |row| row.id);
    compare!(faults, db, scratch, relationship, |row| row.id, |row| row
        .id);
    compare!(faults, db, scratch, statement, |row| row.id, |row| row.id);
    compare!(
        faults,
        db,
        scratch,
        evidence,
        |row| (row.seq, row.ordinal),
        |row| row.seq
    );
    compare!(
        faults,
        db,
        scratch,
        contradiction,
        |row| (row.statement_id, row.contradicts_id),
        |row| row.statement_id
    );
    compare!(faults, db, scratch, stance_change, |row| row.seq, |row| row
        .seq);
    let (found, expected) = (search_rows(db).await?, search_rows(scratch).await?);
    differences(
        "search_text",
        &found,
        &expected,
        |row| row.id.parse().unwrap_or(0),
        &mut faults,
    );
    Ok(faults)
}

fn differences<K: Ord, R: PartialEq>(
    table: &str,
    found: &BTreeMap<K, R>,
    expected: &BTreeMap<K, R>,
    seq: impl Fn(&R) -> i64,
    faults: &mut Vec<Fault>,
) {
    let altered = expected
        .iter()
        .filter_map(|(key, row)| match found.get(key) {
            None => Some((seq(row), "is missing from")),
            Some(other) if other != row => Some((seq(row), "differs in")),
            Some(_) => None,
        });
    let foreign = found.iter().filter(|(key, _)| !expected.contains_key(key));
    let all = altered.chain(foreign.map(|(_, row)| (seq(row), "does not belong in")));
    faults.extend(all.map(|(seq, how)| Fault {
        seq,
        what: format!("its row {how} {table}"),
    }));
}

#[derive(Debug, PartialEq, FromQueryResult)]
struct SearchRow {
    kind: String,
    id: String,
    title: String,
    body: String,
    copies: i64,
}

/// The words that statements and sources are found by; countries are not the ledger's.
async fn search_rows(db: &DatabaseConnection) -> Result<BTreeMap<(String, String), SearchRow>> {
    // No key keeps a row from being there twice.
    let sql = "SELECT kind, ref AS id, min(title) AS title, min(body) AS body, count(*) AS copies
        FROM search_text WHERE kind <> 'Country' GROUP BY kind, ref";
    let query = Statement::from_string(db.get_database_backend(), sql);
    let rows = SearchRow::find_by_statement(query)
        .all(db)
        .await
        .map_err(Error::from)?;
    Ok(rows
        .into_iter()
        .map(|row| ((row.kind.clone(), row.id.clone()), row))
        .collect())
}
