//! Taking in a ledger that `export` wrote: entry by entry, unchanged, with every hash checked.
//!
//! The file is read twice: once to know that all of it is whole, then to record it. An interrupted restore is
//! continued by running it again.

use std::io::BufRead;

use entity::ledger_entry;
use sea_orm::{DatabaseConnection, DatabaseTransaction, EntityTrait};

use super::apply::apply;
use super::batch::{Batch, KNOWN, Known};
use super::export::{FORMAT, Footer, Header, Line, PAGE, VERSION};
use super::payload::Payload;
use super::{hash, head};
use crate::database;
use crate::error::{Error, Result, stored};

/// What a restore did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Restored {
    pub recorded: i64,
    pub present: i64,
}

/// Whether a file's first line is the header of an exported ledger.
pub fn is_export(first_line: &[u8]) -> bool {
    serde_json::from_slice::<Header>(first_line).is_ok_and(|header| header.format == FORMAT)
}

/// `open` gives the file from its beginning, each time it is called.
/// # Errors
/// `Error::BadUserInput` with the line at fault, and nothing recorded; `Error::Conflict` if the database holds
/// another ledger, or one that differs from the file.
pub async fn restore<R: BufRead>(
    writer: &DatabaseConnection,
    open: impl Fn() -> Result<R>,
) -> Result<Restored> {
    let origin = check(open()?)?;
    let txn = database::begin(writer).await?;
    let mut own = head::lock(&txn).await?;
    if own.seq == 0 && own.origin != origin {
        head::adopt(&txn, &origin).await?;
        own = head::load(&txn).await?;
    }
    database::commit(writer, txn).await?;
    if own.origin != origin {
        return Err(Error::conflict(
            "file",
            "the database holds another ledger, with entries of its own; restore into a new one, before a server fills it",
        ));
    }
    let mut lines = entries(open()?).peekable();
    let mut restored = Restored::default();
    let mut known = None;
    while lines.peek().is_some() {
        let page = lines
            .by_ref()
            .take(usize::try_from(PAGE).unwrap_or(usize::MAX));
        let entries: Vec<ledger_entry::Model> = page.collect::<Result<_>>()?;
        let txn = database::begin(writer).await?;
        known = take(&txn, known.take(), entries, &mut restored).await?;
        database::commit(writer, txn).await?;
    }
    Ok(restored)
}

/// Records entries, or finds that they are there already.
async fn take(
    txn: &DatabaseTransaction,
    known: Option<Known>,
    entries: Vec<ledger_entry::Model>,
    restored: &mut Restored,
) -> Result<Option<Known>> {
    let mut batch = Batch::begin(txn, known).await?;
    let own = batch.known.head.seq;
    let mut new = Vec::new();
    for entry in entries {
        if entry.seq > own {
            new.push((parse(&entry)?, entry));
            continue;
        }
        let present = ledger_entry::Entity::find_by_id(entry.seq).one(txn).await?;
        if present.as_ref() != Some(&entry) {
            return Err(Error::conflict(
                "file",
                format!("entry {} differs from the one recorded here", entry.seq),
            ));
        }
        restored.present += 1;
    }
    let payloads = new.iter().map(|(payload, _)| payload);
    batch.load_references(txn, payloads).await?;
    for (payload, entry) in new {
        apply(&mut batch, entry, &payload)?;
        restored.recorded += 1;
    }
    Ok(batch.write(txn).await?.within(KNOWN))
}

/// Walks the whole file: form, gapless seq, chain and footer. Gives the origin.
fn check(file: impl BufRead) -> Result<String> {
    let mut lines = file.lines().enumerate().map(|(at, line)| (at + 1, line));
    let header: Header = read(lines.next())?;
    if header.format != FORMAT || header.version != VERSION {
        return Err(fault(1, format!("not a {FORMAT} of version {VERSION}")));
    }
    let mut last = (0, hash::genesis(&header.origin));
    let mut end = 1;
    for (at, line) in lines.by_ref() {
        let text = line.map_err(|error| unreadable(at, error))?;
        end = at;
        if let Ok(footer) = serde_json::from_str::<Footer>(&text) {
            if (footer.count, footer.head) != last {
                return Err(fault(at, "the footer does not fit the entries"));
            }
            return match lines.next() {
                Some((at, _)) => Err(fault(at, "nothing may follow the footer")),
                None => Ok(header.origin),
            };
        }
        let line: Line =
            serde_json::from_str(&text).map_err(|error| fault(at, error.to_string()))?;
        last = link(at, line.into(), &last)?;
    }
    Err(fault(
        end + 1,
        "the file ends without its footer: it is cut off",
    ))
}

/// Whether an entry follows the one before, is hashed as it says, and can be read.
fn link(
    at: usize,
    entry: ledger_entry::Model,
    (seq, prev_hash): &(i64, String),
) -> Result<(i64, String)> {
    if entry.seq != seq + 1 {
        return Err(fault(
            at,
            format!("entry {} follows entry {seq}", entry.seq),
        ));
    }
    if entry.prev_hash != *prev_hash || entry.hash != hash::of(&entry)? {
        return Err(fault(
            at,
            format!(
                "the hash of entry {} does not fit: it was altered",
                entry.seq
            ),
        ));
    }
    parse(&entry).map_err(|error| fault(at, error.to_string()))?;
    Ok((entry.seq, entry.hash))
}

/// The entries of a file that [`check`] passed.
fn entries(file: impl BufRead) -> impl Iterator<Item = Result<ledger_entry::Model>> {
    file.lines().skip(1).filter_map(|line| match line {
        Ok(text) => serde_json::from_str::<Line>(&text)
            .ok()
            .map(|line| Ok(line.into())),
        Err(error) => Some(Err(Error::internal(error))),
    })
}

fn parse(entry: &ledger_entry::Model) -> Result<Payload> {
    let kind = stored(&entry.kind)
        .map_err(|_| Error::bad_input("file", format!("unknown kind `{}`", entry.kind)))?;
    Payload::parse(kind, &entry.payload)
        .map_err(|error| Error::bad_input("file", error.to_string()))
}

fn read<T: serde::de::DeserializeOwned>(
    line: Option<(usize, std::io::Result<String>)>,
) -> Result<T> {
    let (at, line) = line.ok_or_else(|| fault(1, "the file is empty"))?;
    serde_json::from_str(&line.map_err(|error| unreadable(at, error))?)
        .map_err(|error| fault(at, error.to_string()))
}

/// Bytes that are no text are the file's fault, a disk that cannot be read is not.
fn unreadable(line: usize, error: std::io::Error) -> Error {
    if error.kind() == std::io::ErrorKind::InvalidData {
        fault(line, "not UTF-8")
    } else {
        Error::internal(error)
    }
}

fn fault(line: usize, message: impl Into<String>) -> Error {
    Error::bad_input(format!("line {line}"), message)
}
