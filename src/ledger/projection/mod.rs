//! Projection: the rows that follow from an entry. The same code runs when an entry is recorded and when `verify` rebuilds all
//! rows. Invariant: the result depends only on the entry and the rows before it.

use entity::{edition, initiative, ledger_entry, review};

use super::batch::{Batch, BatchCache};
use super::payload::{Addition, Initiative, Payload, Review, Subject};
use crate::error::{Error, Result};
use crate::model::edtf::Edtf;
use crate::model::position::publication::Publication;
use crate::model::stance::ChangeKind;
use crate::model::time::{Timestamp, parse_day};

pub mod relationship;
mod source;
mod statement;

/// Adds to the batch every row that is projected from `entry`, and updates the rows that it changes.
/// # Errors
/// `Error::Internal` if the entry is inconsistent with the rows before it.
pub(super) fn apply(
    batch: &mut Batch,
    entry: &ledger_entry::Model,
    payload: &Payload,
) -> Result<()> {
    match payload {
        Payload::InitiativeOpened(initiative) => open_initiative(batch, entry, initiative),
        Payload::SourceRegistered(payload) => source::register(batch, entry, payload),
        Payload::StatementRecorded(payload) => {
            let subject = statement::insert(batch, entry, payload, None)?;
            relationship::update_position(batch, subject, entry, ChangeKind::Event, entry.seq)?;
        }
        Payload::StatementCorrected(correction) => {
            batch.change_statement(correction.corrects)?.corrected_by = Some(entry.seq);
            let subject = statement::insert(batch, entry, &correction.statement, Some(correction))?;
            relationship::update_position(
                batch,
                subject,
                entry,
                ChangeKind::Correction,
                entry.seq,
            )?;
        }
        Payload::StatementRetracted(retraction) => {
            let subject = statement::retract(batch, entry, retraction)?;
            let retracted = retraction.statement;
            relationship::update_position(
                batch,
                subject,
                entry,
                ChangeKind::Retraction,
                retracted,
            )?;
        }
        Payload::EvidenceAdded(addition) => add_evidence(batch, entry, addition)?,
        Payload::ReviewRecorded(review) => record_review(batch, entry, review)?,
        Payload::EditionImported(edition) => batch.new_rows().editions.push(edition::Model {
            id: entry.seq,
            initiative_id: edition.initiative,
            name: edition.edition.clone(),
            recorded_at: entry.recorded_at,
        }),
        Payload::SourceCorrected(correction) => source::correct(batch, entry, correction)?,
    }
    Ok(())
}

/// The columns (relationship, country, initiative) of a subject; all absent for a relationship without statements.
pub(super) fn subject_columns<'s>(
    cache: &BatchCache,
    subject: &'s Subject,
) -> (Option<i64>, Option<&'s str>, Option<i64>) {
    match subject {
        Subject::Relationship {
            initiative,
            requested_state,
        } => {
            let id = cache.find_relationship(*initiative, requested_state);
            (id, None, None)
        }
        Subject::Country(code) => (None, Some(code), None),
        Subject::Initiative(id) => (None, None, Some(*id)),
    }
}

fn open_initiative(batch: &mut Batch, entry: &ledger_entry::Model, payload: &Initiative) {
    let row = initiative::Model {
        id: entry.seq,
        slug: payload.slug.clone(),
        title: payload.title.clone(),
        summary: payload.summary.clone(),
        requesting_state: payload.requesting_state.clone(),
        started_on: payload.started_on.clone(),
    };
    batch.cache.initiatives.insert(row.id, row.clone());
    batch.new_rows().initiatives.push(row);
}

/// Adds a review. It changes no position.
fn record_review(batch: &mut Batch, entry: &ledger_entry::Model, payload: &Review) -> Result<()> {
    let state = payload.requested_state.as_deref();
    let find = |state| batch.cache.find_relationship(payload.initiative, state);
    let relationship_id = state.and_then(find);
    if state.is_some() && relationship_id.is_none() {
        return Err(Error::internal(
            "the relationship of a review is not loaded",
        ));
    }
    let day = payload.reviewed_on.as_deref();
    let day = day.map_or_else(|| Some(Timestamp(entry.recorded_at).day()), parse_day);
    let day = day.ok_or_else(|| Error::internal("the day of a review is not a day"))?;
    batch.new_rows().reviews.push(review::Model {
        id: entry.seq,
        initiative_id: payload.initiative,
        relationship_id,
        reviewed_on: day.to_string(),
        note: payload.note.clone(),
        recorded_at: entry.recorded_at,
    });
    Ok(())
}

/// Adds evidence to a statement, which may make it public earlier.
fn add_evidence(batch: &mut Batch, entry: &ledger_entry::Model, payload: &Addition) -> Result<()> {
    let added = statement::add_evidence(batch, entry, payload.statement, &payload.evidence)?;
    let history = batch.history(payload.statement)?;
    let current = history.newest_publication(payload.statement);
    let on = added.into_iter().chain(current).min();
    if on != current {
        let recorded_at = Timestamp(entry.recorded_at);
        history.add_publication(payload.statement, Publication { recorded_at, on });
    }
    let published_on = history.published_on(payload.statement).ok_or_else(|| {
        Error::internal(format!(
            "the fact of statement {} is not loaded",
            payload.statement
        ))
    })?;
    batch.change_statement(payload.statement)?.published_on = published_on.to_string();
    Ok(())
}

/// The last possible day of a date, never after the day of recording.
fn last_day(date: &str, recorded_at: i64) -> Option<String> {
    let recorded_on = Timestamp(recorded_at).day();
    let date = Edtf::parse(date).ok()?;
    Some(
        date.latest()
            .map_or(recorded_on, |latest| latest.min(recorded_on))
            .to_string(),
    )
}
