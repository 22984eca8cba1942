//! Projection of sources: a row for each version, and the days of publication that a correction moves.

use std::collections::{BTreeMap, BTreeSet};

use entity::{ledger_entry, source, source_publication};

use super::last_day;
use crate::error::{Error, Result};
use crate::ledger::batch::{Batch, SourceState};
use crate::ledger::payload::{Source, SourceCorrection};
use crate::ledger::search_index::SearchText;
use crate::model::folding::fold;
use crate::model::position::publication::Publication;
use crate::model::time::Timestamp;

/// Adds the first version of a source.
pub(super) fn register(batch: &mut Batch, entry: &ledger_entry::Model, payload: &Source) {
    let mut row = version(entry, payload);
    row.public_on = public_on(batch, &row, entry.recorded_at);
    add(batch, row, entry.recorded_at);
}

/// Adds a version of a source, and moves the days of publication that follow from it: those of the source, of all that derive from
/// it, and of the statements that rest on them.
pub(super) fn correct(
    batch: &mut Batch,
    entry: &ledger_entry::Model,
    correction: &SourceCorrection,
) -> Result<()> {
    let number = correction.number;
    let state = batch.cache.sources.find(number);
    let state = state.ok_or_else(|| Error::internal(format!("source {number} is not loaded")))?;
    let registered_at = state.registered_at;
    let before = state.public_on.clone();
    let mut row = version(entry, &correction.source);
    row.version_of = Some(number);
    row.corrects = Some(correction.corrects);
    row.correction_reason = Some(correction.reason.clone());
    row.public_on = public_on(batch, &row, registered_at);
    let is_moved = row.public_on != before;
    add(batch, row, registered_at);
    if is_moved {
        move_days(batch, entry, number, before.as_deref())?;
    }
    Ok(())
}

fn version(entry: &ledger_entry::Model, payload: &Source) -> source::Model {
    source::Model {
        id: entry.seq,
        kind: payload.kind.as_ref().to_owned(),
        publisher: payload.publisher.clone(),
        title: payload.title.clone(),
        url: payload.url.clone(),
        published_on: payload.published_on.clone(),
        public_on: None,
        language: payload.language.clone(),
        derived_from: payload.derived_from,
        publisher_folded: fold(&payload.publisher),
        title_folded: fold(&payload.title),
        version_of: None,
        corrects: None,
        correction_reason: None,
    }
}

fn add(batch: &mut Batch, row: source::Model, registered_at: i64) {
    batch.cache.sources.put(SourceState {
        newest: row.clone(),
        registered_at,
        public_on: row.public_on.clone(),
    });
    let new = batch.new_rows();
    new.search_texts.push(SearchText::of_source(&row));
    new.sources.push(row);
}

/// The earliest of the days of a source and of its original.
fn public_on(batch: &Batch, row: &source::Model, registered_at: i64) -> Option<String> {
    let own = row.published_on.as_deref();
    let own = own.and_then(|date| last_day(date, registered_at));
    let original = row.derived_from.and_then(|id| batch.cache.sources.find(id));
    let original = original.and_then(|original| original.public_on.clone());
    [own, original].into_iter().flatten().min()
}

/// Moves the days of what derives from a source whose day was `before`, and of the statements that rest on any of them.
fn move_days(
    batch: &mut Batch,
    entry: &ledger_entry::Model,
    number: i64,
    before: Option<&str>,
) -> Result<()> {
    let mut moved = BTreeMap::new();
    for id in batch.cache.sources.list_derived(&BTreeSet::from([number])) {
        let Some(state) = batch.cache.sources.find(id).cloned() else {
            continue;
        };
        let before = if id == number {
            before
        } else {
            state.public_on.as_deref()
        };
        let after = public_on(batch, &state.newest, state.registered_at);
        if before == after.as_deref() {
            continue;
        }
        if let Some(state) = batch.cache.sources.find_mut(id) {
            state.public_on.clone_from(&after);
        }
        moved.insert(id, after);
    }
    let sources = moved.keys().copied().collect();
    let publications = moved
        .into_iter()
        .map(|(id, after)| source_publication::Model {
            seq: entry.seq,
            source_id: id,
            public_on: after,
            recorded_at: entry.recorded_at,
        });
    batch.new_rows().source_publications.extend(publications);
    move_statements(batch, entry, &sources)
}

/// Moves the days of the statements that rest on sources.
/// # Errors
/// `Error::Internal` if one of them is not loaded: its day would stay as it was.
fn move_statements(
    batch: &mut Batch,
    entry: &ledger_entry::Model,
    sources: &BTreeSet<i64>,
) -> Result<()> {
    let recorded_at = Timestamp(entry.recorded_at);
    for (id, on) in batch.publication_days(sources) {
        let row = batch.find_statement(id).cloned();
        let row = row.ok_or_else(|| Error::internal(format!("statement {id} is not loaded")))?;
        // A history that is not loaded is read from the rows once it is needed.
        if let Some(history) = batch.loaded_history(&row)
            && history.newest_publication(id) != on
        {
            history.add_publication(id, Publication { recorded_at, on });
        }
        let published_on = on.unwrap_or_else(|| Timestamp(row.recorded_at).day());
        let published_on = published_on.to_string();
        if row.published_on != published_on {
            batch.change_statement(id)?.published_on = published_on;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use entity::ledger_head;

    use super::*;
    use crate::ledger::batch::Citation;
    use crate::ledger::empty_entry;
    use crate::model::source::{EntryKind, SourceKind};
    use crate::model::time::parse_day;

    const REGISTERED: i64 = 1_767_225_600_000_000; // 2026-01-01

    fn source(published_on: &str) -> Source {
        Source {
            kind: SourceKind::News,
            publisher: "A newspaper".to_owned(),
            title: "A report".to_owned(),
            url: None,
            published_on: Some(published_on.to_owned()),
            language: None,
            derived_from: None,
        }
    }

    fn entry(seq: i64, kind: EntryKind) -> ledger_entry::Model {
        ledger_entry::Model {
            kind: kind.as_ref().to_owned(),
            recorded_at: REGISTERED + seq,
            ..empty_entry(seq)
        }
    }

    #[test]
    fn a_statement_whose_day_moves_must_be_loaded() {
        let mut batch = Batch::replay(ledger_head::Model {
            id: 1,
            seq: 0,
            hash: String::new(),
            recorded_at: None,
            generation: String::new(),
            origin: String::new(),
            seed: None,
        });
        register(
            &mut batch,
            &entry(1, EntryKind::SourceRegistered),
            &source("2025-03-01"),
        );
        let citation = |own: Option<NaiveDate>| Citation { source: 1, own };
        batch.put_citation(7, citation(parse_day("2025-02-01")));
        let correct_to = |batch: &mut Batch, seq, day| {
            let correction = SourceCorrection {
                corrects: seq - 1,
                number: 1,
                reason: "A wrong day".to_owned(),
                source: source(day),
            };
            correct(batch, &entry(seq, EntryKind::SourceCorrected), &correction)
        };
        // The passage has a day of its own, so nothing moves.
        correct_to(&mut batch, 2, "2025-04-01").unwrap();
        batch.put_citation(7, citation(None));
        let error = correct_to(&mut batch, 3, "2025-05-01").unwrap_err();
        assert!(
            error.cause_chain().contains("statement 7 is not loaded"),
            "{error:?}"
        );
    }
}
