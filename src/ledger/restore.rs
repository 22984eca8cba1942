//! Restore of an exported ledger: entry by entry, unchanged, with every hash checked.
//!
//! The file is read twice: first to check all of it, then to record it. An interrupted restore continues when it is run
//! again.

use std::io::BufRead;
use std::sync::Arc;

use entity::ledger_entry;
use sea_orm::{DatabaseConnection, DatabaseTransaction, EntityTrait};

use super::apply::apply;
use super::batch::{Batch, BatchCache};
use super::export::{FORMAT, Footer, Header, Line, PAGE_SIZE, VERSION};
use super::payload::Payload;
use super::write_health::{ClockCheck, WriteHealth};
use super::{hash, head};
use crate::database;
use crate::error::{Error, Result, parse_stored};
use crate::model::time::Timestamp;

/// Numbers of entries that a restore recorded and found already recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RestoreSummary {
    pub recorded: i64,
    pub present: i64,
}

/// Whether a file's first line is the header of an exported ledger.
pub fn is_export(first_line: &[u8]) -> bool {
    serde_json::from_slice::<Header>(first_line).is_ok_and(|header| header.format == FORMAT)
}

/// Restores a file. `open` opens it from its start, each time it is called.
/// # Errors
/// `Error::BadUserInput` with the invalid line, and nothing recorded; `Error::Conflict` if the database contains
/// another ledger, or one that differs from the file.
pub async fn restore<R: BufRead>(
    writer: &DatabaseConnection,
    open: impl Fn() -> Result<R>,
) -> Result<RestoreSummary> {
    // Entries keep their times, so the clock has no part in it.
    let health = WriteHealth::new(Arc::new(|| Timestamp(0)), ClockCheck::Allow);
    restore_with(writer, open, &health).await
}

/// As [`restore`]; `health` knows the files of the database.
pub async fn restore_with<R: BufRead>(
    writer: &DatabaseConnection,
    open: impl Fn() -> Result<R>,
    health: &WriteHealth,
) -> Result<RestoreSummary> {
    let origin = check_file(open()?)?;
    let txn = database::begin(writer).await?;
    let mut head = head::lock(&txn).await?;
    if head.seq == 0 && head.origin != origin {
        head::adopt_origin(&txn, &origin).await?;
        head = head::load_head(&txn).await?;
    }
    health.check_files()?;
    database::commit(writer, txn).await?;
    if head.origin != origin {
        return Err(Error::conflict(
            "file",
            "the database already contains another ledger; restore into a new database, before a server loads the bundled data set",
        ));
    }
    let mut lines = entries(open()?).peekable();
    let mut summary = RestoreSummary::default();
    let mut cache = None;
    while lines.peek().is_some() {
        let page = lines
            .by_ref()
            .take(usize::try_from(PAGE_SIZE).unwrap_or(usize::MAX));
        let entries: Vec<ledger_entry::Model> = page.collect::<Result<_>>()?;
        let txn = database::begin(writer).await?;
        let recorded = record_page(&txn, cache.take(), entries, &mut summary).await;
        cache = recorded.map_err(|error| health.classify(error))?;
        health.check_files()?;
        let committed = database::commit(writer, txn).await;
        committed.map_err(|error| health.classify(error))?;
    }
    Ok(summary)
}

/// Records the new entries of a page, and checks that the others are identical to those in the database.
async fn record_page(
    txn: &DatabaseTransaction,
    cache: Option<BatchCache>,
    entries: Vec<ledger_entry::Model>,
    summary: &mut RestoreSummary,
) -> Result<Option<BatchCache>> {
    let mut batch = Batch::begin(txn, cache).await?;
    let head_seq = batch.cache.head.seq;
    let mut new = Vec::new();
    for entry in entries {
        if entry.seq > head_seq {
            new.push((parse_payload(&entry)?, entry));
            continue;
        }
        let existing = ledger_entry::Entity::find_by_id(entry.seq).one(txn).await?;
        if existing.as_ref() != Some(&entry) {
            return Err(Error::conflict(
                "file",
                format!(
                    "entry {} differs from the same entry in the database",
                    entry.seq
                ),
            ));
        }
        summary.present += 1;
    }
    let payloads = new.iter().map(|(payload, _)| payload);
    batch.load_references(txn, payloads).await?;
    for (payload, entry) in new {
        apply(&mut batch, entry, &payload)?;
        summary.recorded += 1;
    }
    Ok(batch.write(txn).await?.if_within_limit())
}

/// Checks the whole file: format, gapless seq, hash chain and footer. Returns the origin.
fn check_file(file: impl BufRead) -> Result<String> {
    let mut lines = file
        .lines()
        .enumerate()
        .map(|(line_number, line)| (line_number + 1, line));
    let header: Header = read_header(lines.next())?;
    if header.format != FORMAT || header.version != VERSION {
        return Err(line_error(
            1,
            format!("not a {FORMAT} file of version {VERSION}"),
        ));
    }
    let mut last = (0, hash::genesis(&header.origin));
    let mut last_line = 1;
    for (line_number, line) in lines.by_ref() {
        let text = line.map_err(|error| read_error(line_number, error))?;
        last_line = line_number;
        if let Ok(footer) = serde_json::from_str::<Footer>(&text) {
            if (footer.count, footer.head) != last {
                return Err(line_error(
                    line_number,
                    "the footer does not match the entries",
                ));
            }
            return match lines.next() {
                Some((line_number, _)) => {
                    Err(line_error(line_number, "unexpected line after the footer"))
                }
                None => Ok(header.origin),
            };
        }
        let line: Line = serde_json::from_str(&text)
            .map_err(|error| line_error(line_number, error.to_string()))?;
        last = check_entry(line_number, line.into(), &last)?;
    }
    Err(line_error(
        last_line + 1,
        "the footer is missing: the file is truncated",
    ))
}

/// Checks that an entry follows the one before it, matches its hash and can be parsed; returns its seq and hash.
fn check_entry(
    line_number: usize,
    entry: ledger_entry::Model,
    (seq, prev_hash): &(i64, String),
) -> Result<(i64, String)> {
    if entry.seq != seq + 1 {
        return Err(line_error(
            line_number,
            format!("expected entry {}, not entry {}", seq + 1, entry.seq),
        ));
    }
    if entry.prev_hash != *prev_hash || entry.hash != hash::hash_entry(&entry)? {
        return Err(line_error(
            line_number,
            format!(
                "the hash of entry {} does not match: the file was altered",
                entry.seq
            ),
        ));
    }
    parse_payload(&entry).map_err(|error| line_error(line_number, error.to_string()))?;
    Ok((entry.seq, entry.hash))
}

/// The entries of a file that passed [`check_file`].
fn entries(file: impl BufRead) -> impl Iterator<Item = Result<ledger_entry::Model>> {
    file.lines().skip(1).filter_map(|line| match line {
        Ok(text) => serde_json::from_str::<Line>(&text)
            .ok()
            .map(|line| Ok(line.into())),
        Err(error) => Some(Err(Error::internal(error))),
    })
}

fn parse_payload(entry: &ledger_entry::Model) -> Result<Payload> {
    let kind = parse_stored(&entry.kind)
        .map_err(|_| Error::bad_input("file", format!("unknown entry kind `{}`", entry.kind)))?;
    Payload::parse(kind, &entry.payload)
        .map_err(|error| Error::bad_input("file", error.to_string()))
}

fn read_header<T: serde::de::DeserializeOwned>(
    line: Option<(usize, std::io::Result<String>)>,
) -> Result<T> {
    let (line_number, line) = line.ok_or_else(|| line_error(1, "the file is empty"))?;
    serde_json::from_str(&line.map_err(|error| read_error(line_number, error))?)
        .map_err(|error| line_error(line_number, error.to_string()))
}

/// Bytes that are not UTF-8 are an error of the file, a failing disk is not.
fn read_error(line: usize, error: std::io::Error) -> Error {
    if error.kind() == std::io::ErrorKind::InvalidData {
        line_error(line, "not valid UTF-8")
    } else {
        Error::internal(error)
    }
}

fn line_error(line: usize, message: impl Into<String>) -> Error {
    Error::bad_input(format!("line {line}"), message)
}
