//! The ledger as NDJSON: a header, one entry a line in the order of seq, a footer. The same ledger gives the same
//! bytes on every machine.

use std::io::Write;

use entity::ledger_entry;
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};

use super::head;
use crate::error::{Error, Result};

/// What the first line's `format` says.
pub const FORMAT: &str = "demarche-ledger";
pub const VERSION: u32 = 1;
/// Entries held in memory at a time.
pub const PAGE: u64 = 1_000;

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    pub format: String,
    pub version: u32,
    pub generation: String,
}

/// One line between header and footer; `payload` is the text that was hashed.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Line {
    pub seq: i64,
    pub kind: String,
    pub payload: String,
    pub actor: String,
    pub idempotency_key: String,
    /// UTC microseconds since 1970.
    pub recorded_at: i64,
    pub prev_hash: String,
    pub hash: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Footer {
    pub count: i64,
    pub head: String,
}

/// Writes what the ledger holds when it begins; entries recorded meanwhile are left for the next export.
pub async fn export(db: &DatabaseConnection, out: &mut impl Write) -> Result<i64> {
    let head = head::load(db).await?;
    line(
        out,
        &Header {
            format: FORMAT.to_owned(),
            version: VERSION,
            generation: head.generation,
        },
    )?;
    let mut last = 0;
    while last < head.seq {
        for entry in page(db, last, head.seq).await? {
            last = entry.seq;
            line(out, &Line::from(entry))?;
        }
    }
    line(
        out,
        &Footer {
            count: head.seq,
            head: head.hash,
        },
    )?;
    out.flush().map_err(Error::internal)?;
    Ok(head.seq)
}

async fn page(db: &DatabaseConnection, after: i64, until: i64) -> Result<Vec<ledger_entry::Model>> {
    let entries = ledger_entry::Entity::find()
        .filter(ledger_entry::Column::Seq.gt(after))
        .filter(ledger_entry::Column::Seq.lte(until))
        .order_by_asc(ledger_entry::Column::Seq)
        .limit(PAGE)
        .all(db)
        .await?;
    if entries.is_empty() {
        return Err(Error::internal(format!(
            "the ledger has no entry {}: run `demarche verify`",
            after + 1
        )));
    }
    Ok(entries)
}

fn line(out: &mut impl Write, value: &impl Serialize) -> Result<()> {
    let json = serde_json_canonicalizer::to_string(value).map_err(Error::internal)?;
    writeln!(out, "{json}").map_err(Error::internal)
}

impl From<ledger_entry::Model> for Line {
    fn from(entry: ledger_entry::Model) -> Self {
        let ledger_entry::Model {
            seq,
            kind,
            payload,
            actor,
            idempotency_key,
            recorded_at,
            prev_hash,
            hash,
        } = entry;
        Self {
            seq,
            kind,
            payload,
            actor,
            idempotency_key,
            recorded_at,
            prev_hash,
            hash,
        }
    }
}

impl From<Line> for ledger_entry::Model {
    fn from(line: Line) -> Self {
        let Line {
            seq,
            kind,
            payload,
            actor,
            idempotency_key,
            recorded_at,
            prev_hash,
            hash,
        } = line;
        Self {
            seq,
            kind,
            payload,
            actor,
            idempotency_key,
            recorded_at,
            prev_hash,
            hash,
        }
    }
}
