//! The hash chain: each entry follows the one before it, and matches its own hash.

use entity::ledger_entry;

use super::findings::Discrepancy;
use crate::error::{Result, parse_stored};
use crate::ledger::hash;
use crate::ledger::payload::Payload;

/// An entry of the chain, with its payload.
pub(super) type Link = (Payload, ledger_entry::Model);

/// The end of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ChainEnd {
    pub(super) seq: i64,
    pub(super) hash: String,
    /// `None` before the first entry.
    pub(super) recorded_at: Option<i64>,
}

impl ChainEnd {
    /// Before the first entry.
    pub(super) fn genesis(origin: &str) -> Self {
        Self {
            seq: 0,
            hash: hash::genesis(origin),
            recorded_at: None,
        }
    }

    pub(super) fn of_entry(entry: &ledger_entry::Model) -> Self {
        Self {
            seq: entry.seq,
            hash: entry.hash.clone(),
            recorded_at: Some(entry.recorded_at),
        }
    }
}

/// The valid links of a page, and the first broken one.
pub(super) struct CheckedPage {
    pub(super) links: Vec<Link>,
    pub(super) broken_link: Option<Discrepancy>,
    /// The end of the valid links.
    pub(super) end: ChainEnd,
}

pub(super) fn check_chain(
    entries: Vec<ledger_entry::Model>,
    mut end: ChainEnd,
) -> Result<CheckedPage> {
    let mut links = Vec::with_capacity(entries.len());
    let mut broken_link = None;
    for entry in entries {
        match check_link(&entry, &end)? {
            Ok(payload) => {
                end = ChainEnd::of_entry(&entry);
                links.push((payload, entry));
            }
            Err(what) => {
                let seq = entry.seq.min(end.seq + 1);
                broken_link = Some(Discrepancy { seq, what });
                break;
            }
        }
    }
    Ok(CheckedPage {
        links,
        broken_link,
        end,
    })
}

/// Checks one link of the chain; returns its payload or the reason why it is broken.
fn check_link(
    entry: &ledger_entry::Model,
    before: &ChainEnd,
) -> Result<std::result::Result<Payload, String>> {
    if entry.seq != before.seq + 1 {
        return Ok(Err(format!("entry {} is missing", before.seq + 1)));
    }
    if entry.prev_hash != before.hash {
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
