//! Export of the ledger as NDJSON: a header, one entry per line in the order of seq, a footer. The same ledger gives the
//! same bytes on every machine. Fields are declared in alphabetical order, as `model::canonical` requires.

use std::io::Write;

use entity::ledger_entry;
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};

use super::head;
use super::progress::Progress;
use crate::error::{Error, Result};
use crate::model::canonical;

/// The value of `format` in the first line.
pub const FORMAT: &str = "demarche-ledger";
pub const VERSION: u32 = 1;
/// Entries in memory at a time.
pub const PAGE_SIZE: u64 = 1_000;

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    pub format: String,
    /// The text from which the genesis hash is computed.
    #[serde(alias = "generation")]
    pub origin: String,
    pub version: u32,
}

/// One entry; `payload` is the text that was hashed.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Line {
    pub actor: String,
    pub hash: String,
    pub idempotency_key: String,
    pub kind: String,
    pub payload: String,
    pub prev_hash: String,
    /// UTC microseconds since 1970.
    pub recorded_at: i64,
    pub seq: i64,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Footer {
    pub count: i64,
    pub head: String,
}

/// Writes the entries up to the head at the start; entries recorded meanwhile are not included. Returns their number.
pub async fn export(db: &DatabaseConnection, out: &mut impl Write) -> Result<i64> {
    export_with(db, out, &()).await
}

/// As [`export`]; reports entries.
pub async fn export_with(
    db: &DatabaseConnection,
    out: &mut impl Write,
    progress: &impl Progress,
) -> Result<i64> {
    let head = head::load_head(db).await?;
    let (count, hash) = (head.seq, head.hash);
    write_header(out, head.origin)?;
    write_entries(db, count, out, progress).await?;
    write_footer(out, count, hash)?;
    out.flush().map_err(Error::internal)?;
    Ok(count)
}

/// As [`export`], without header and footer: a table for data tools, which take the keys of the first line for all.
pub async fn export_entries(
    db: &DatabaseConnection,
    out: &mut impl Write,
    progress: &impl Progress,
) -> Result<i64> {
    let count = head::load_head(db).await?.seq;
    write_entries(db, count, out, progress).await?;
    out.flush().map_err(Error::internal)?;
    Ok(count)
}

async fn write_entries(
    db: &DatabaseConnection,
    until: i64,
    out: &mut impl Write,
    progress: &impl Progress,
) -> Result<()> {
    progress.add_expected(usize::try_from(until).unwrap_or_default());
    let mut last = 0;
    while last < until {
        let entries = load_page(db, last, until, PAGE_SIZE).await?;
        let length = entries.len();
        for entry in entries {
            last = entry.seq;
            write_entry(out, entry)?;
        }
        progress.add_done(length);
    }
    Ok(())
}

/// At most `size` entries after `after` up to `until`, ascending.
/// # Errors
/// `Error::Internal` if there is none.
pub async fn load_page(
    db: &DatabaseConnection,
    after: i64,
    until: i64,
    size: u64,
) -> Result<Vec<ledger_entry::Model>> {
    let entries = ledger_entry::Entity::find()
        .filter(ledger_entry::Column::Seq.gt(after))
        .filter(ledger_entry::Column::Seq.lte(until))
        .order_by_asc(ledger_entry::Column::Seq)
        .limit(size)
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

/// The first line.
pub fn write_header(out: &mut impl Write, origin: String) -> Result<()> {
    let header = Header {
        format: FORMAT.to_owned(),
        version: VERSION,
        origin,
    };
    write_line(out, &header)
}

pub fn write_entry(out: &mut impl Write, entry: ledger_entry::Model) -> Result<()> {
    write_line(out, &Line::from(entry))
}

/// The last line.
pub fn write_footer(out: &mut impl Write, count: i64, head: String) -> Result<()> {
    write_line(out, &Footer { count, head })
}

fn write_line(out: &mut impl Write, value: &impl Serialize) -> Result<()> {
    let json = canonical::to_string(value).map_err(Error::internal)?;
    writeln!(out, "{json}").map_err(Error::internal)
}

impl From<ledger_entry::Model> for Line {
    fn from(entry: ledger_entry::Model) -> Self {
        let ledger_entry::Model {
            actor,
            hash,
            idempotency_key,
            kind,
            payload,
            prev_hash,
            recorded_at,
            seq,
        } = entry;
        Self {
            actor,
            hash,
            idempotency_key,
            kind,
            payload,
            prev_hash,
            recorded_at,
            seq,
        }
    }
}

impl From<Line> for ledger_entry::Model {
    fn from(line: Line) -> Self {
        let Line {
            actor,
            hash,
            idempotency_key,
            kind,
            payload,
            prev_hash,
            recorded_at,
            seq,
        } = line;
        Self {
            actor,
            hash,
            idempotency_key,
            kind,
            payload,
            prev_hash,
            recorded_at,
            seq,
        }
    }
}
