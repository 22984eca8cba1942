//! What follows from an entry: the rows that everyone reads. The same code runs when an entry is recorded and when
//! `verify` rebuilds everything, so it depends on the entry and the rows before it only.

use entity::{initiative, ledger_entry, source};

use super::batch::{Batch, Known};
use super::bulk_insert::Words;
use super::payload::{Addition, Initiative, Payload, Source, Subject};
use crate::error::Result;
use crate::model::edtf::Edtf;
use crate::model::stance::ChangeKind;
use crate::model::time::Instant;

mod relationship;
mod statement;

/// Adds to the batch every row that follows from `entry`, and changes those that it holds.
/// # Errors
/// `Error::Internal` if the entry does not fit the rows before it.
pub(super) fn project(
    batch: &mut Batch,
    entry: &ledger_entry::Model,
    payload: &Payload,
) -> Result<()> {
    match payload {
        Payload::InitiativeOpened(initiative) => open(batch, entry, initiative),
        Payload::SourceRegistered(source) => register(batch, entry, source),
        Payload::StatementRecorded(recorded) => {
            let subject = statement::insert(batch, entry, recorded, None)?;
            relationship::refresh(batch, subject, entry, ChangeKind::Event, entry.seq)?;
        }
        Payload::StatementCorrected(correction) => {
            batch.change_statement(correction.corrects)?.corrected_by = Some(entry.seq);
            let subject = statement::insert(batch, entry, &correction.statement, Some(correction))?;
            relationship::refresh(batch, subject, entry, ChangeKind::Correction, entry.seq)?;
        }
        Payload::StatementRetracted(retraction) => {
            let subject = statement::retract(batch, entry, retraction)?;
            let retracted = retraction.statement;
            relationship::refresh(batch, subject, entry, ChangeKind::Retraction, retracted)?;
        }
        Payload::EvidenceAdded(addition) => add_evidence(batch, entry, addition)?,
    }
    Ok(())
}

/// The columns (relationship, country, initiative) of a subject; all absent for a relationship that nobody has
/// spoken of yet.
pub(super) fn subject_columns<'s>(
    known: &Known,
    subject: &'s Subject,
) -> (Option<i64>, Option<&'s str>, Option<i64>) {
    match subject {
        Subject::Relationship {
            initiative,
            requested_state,
        } => {
            let id = known.find_relationship(*initiative, requested_state);
            (id, None, None)
        }
        Subject::Country(code) => (None, Some(code), None),
        Subject::Initiative(id) => (None, None, Some(*id)),
    }
}

fn open(batch: &mut Batch, entry: &ledger_entry::Model, opened: &Initiative) {
    let row = initiative::Model {
        id: entry.seq,
        slug: opened.slug.clone(),
        title: opened.title.clone(),
        summary: opened.summary.clone(),
        requesting_state: opened.requesting_state.clone(),
        started_on: opened.started_on.clone(),
    };
    batch.known.initiatives.insert(row.id, row.clone());
    batch.new_rows().initiatives.push(row);
}

fn register(batch: &mut Batch, entry: &ledger_entry::Model, registered: &Source) {
    let own = registered
        .published_on
        .as_deref()
        .and_then(|date| last_day(date, entry.recorded_at));
    let original = registered
        .derived_from
        .and_then(|id| batch.known.sources.get(&id).cloned().flatten());
    let public_on = [own, original].into_iter().flatten().min();
    batch.known.sources.insert(entry.seq, public_on.clone());
    let new = batch.new_rows();
    new.sources.push(source::Model {
        id: entry.seq,
        kind: registered.kind.as_ref().to_owned(),
        publisher: registered.publisher.clone(),
        title: registered.title.clone(),
        url: registered.url.clone(),
        published_on: registered.published_on.clone(),
        public_on,
        language: registered.language.clone(),
        derived_from: registered.derived_from,
    });
    new.words.push(Words {
        kind: "Source",
        key: entry.seq.to_string(),
        title: registered.title.clone(),
        body: registered.publisher.clone(),
    });
}

/// Adds evidence to a statement; the statement may count as public earlier then.
fn add_evidence(batch: &mut Batch, entry: &ledger_entry::Model, added: &Addition) -> Result<()> {
    let found = statement::add_evidence(batch, entry, added.statement, &added.evidence)?;
    let fact = batch.fact(added.statement)?;
    fact.publications.extend(found);
    let public_on = statement::public_on(fact);
    batch.change_statement(added.statement)?.published_on = public_on;
    Ok(())
}

/// The last day that a date may mean, never after the day of recording.
fn last_day(date: &str, recorded_at: i64) -> Option<String> {
    let recorded = Instant(recorded_at).day();
    let date = Edtf::parse(date).ok()?;
    Some(
        date.latest()
            .map_or(recorded, |latest| latest.min(recorded))
            .to_string(),
    )
}
