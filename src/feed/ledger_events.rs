//! Reads events from the ledger, by seq.

use std::mem::take;

use entity::{ledger_entry, stance_change};
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::effects::EntryEffects;
use super::entry_rows::EntryRows;
use super::references::references_of;
use super::{Event, EventSubject, PAGE_SIZE, subjects};
use crate::error::{Error, Result};
use crate::ledger::commit_queue::CommittedGroup;

/// At most a page of events after `seq`, ascending, up to the first gap, without their effects on statements. Three SQL statements.
/// # Errors
/// `Error::Internal` if the next entry is missing but later ones exist. Numbering is gapless, so a gap is damage and not a
/// pending transaction; no subscriber may skip it unaware.
pub(super) async fn load_events(db: &DatabaseConnection, seq: i64) -> Result<Vec<Event>> {
    let mut entries = ledger_entry::Entity::find()
        .filter(ledger_entry::Column::Seq.gt(seq))
        .order_by_asc(ledger_entry::Column::Seq)
        .limit(u64::from(PAGE_SIZE))
        .all(db)
        .await?;
    let numbered = (seq + 1..).zip(&entries);
    let gapless = numbered.take_while(|(expected, entry)| entry.seq == *expected);
    let gapless = gapless.count();
    if gapless == 0 && !entries.is_empty() {
        return Err(missing_entry(seq + 1));
    }
    entries.truncate(gapless);
    let Some(last) = entries.last().map(|entry| entry.seq) else {
        return Ok(Vec::new());
    };
    let changes = stance_change::Entity::find()
        .filter(stance_change::Column::Seq.gt(seq))
        .filter(stance_change::Column::Seq.lte(last))
        .order_by_asc(stance_change::Column::Seq)
        .all(db)
        .await?;
    let mut events = with_changes(entries, changes);
    subjects::add_subjects(db, &mut events).await?;
    Ok(events)
}

/// The events of entries that the writer of this process handed over, as [`load_events`] gives them, and their effects.
/// # Errors
/// `Error::Internal` for a category of a claimant that is not known.
pub(super) fn events_of_group(mut group: CommittedGroup) -> Result<(Vec<Event>, EntryEffects)> {
    let (entries, changes) = (take(&mut group.entries), take(&mut group.changes));
    let mut events = with_changes(entries, changes);
    let references = references_of(&events);
    let rows = EntryRows::of_group(group);
    subjects::set_known_subjects(&mut events, &references, &rows)?;
    let effects = EntryEffects::of_rows(&events, &references, rows);
    Ok((events, effects))
}

/// Both ascending by seq.
fn with_changes(
    entries: Vec<ledger_entry::Model>,
    changes: Vec<stance_change::Model>,
) -> Vec<Event> {
    let mut changes = changes.into_iter().peekable();
    let with_change = |entry: ledger_entry::Model| {
        let change = changes.next_if(|change| change.seq == entry.seq);
        Event {
            entry,
            change,
            subject: EventSubject::default(),
            dispute: None,
            revisions: Box::default(),
        }
    };
    entries.into_iter().map(with_change).collect()
}

pub(super) fn missing_entry(seq: i64) -> Error {
    let what = format!("entry {seq} is missing from the ledger: run `demarche verify`");
    Error::internal(what)
}
