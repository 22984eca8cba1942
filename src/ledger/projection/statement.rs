//! Projection of statements, their evidence, contradictions and search texts.

use chrono::NaiveDate;
use entity::{contradiction, evidence, ledger_entry, relationship, statement};

use super::{last_day, subject_columns};
use crate::error::{Error, Result};
use crate::ledger::batch::Batch;
use crate::ledger::history;
use crate::ledger::payload::{Correction, Evidence, Retraction, Statement, Subject};
use crate::ledger::search_index::SearchText;
use crate::model::canonical;
use crate::model::edtf::Edtf;
use crate::model::position::history::History;
use crate::model::position::publication::Publication;
use crate::model::stance::Stance;
use crate::model::statement::EvidenceRelation;
use crate::model::time::{Timestamp, parse_day};

/// Adds a statement with its evidence, contradictions and search text; returns its relationship, if it is about one.
pub(super) fn insert(
    batch: &mut Batch,
    entry: &ledger_entry::Model,
    payload: &Statement,
    correction: Option<&Correction>,
) -> Result<Option<i64>> {
    let relationship_id = find_or_add_relationship(batch, entry, &payload.subject)?;
    let days = add_evidence(batch, entry, entry.seq, &payload.evidence)?;
    let mut contradicts = payload.contradicts.clone();
    let pairs = contradicts.iter().map(|id| contradiction::Model {
        statement_id: entry.seq,
        contradicts_id: *id,
    });
    let new = batch.new_rows();
    new.contradictions.extend(pairs);
    let mut row = statement_row(batch, entry, payload)?;
    let quotes = payload.evidence.iter();
    let quotes = quotes.filter_map(|item| item.quote.as_deref());
    let search_text = SearchText::of_statement(&row, quotes);
    batch.new_rows().search_texts.push(search_text);
    row.corrects = correction.map(|correction| correction.corrects);
    row.correction_reason = correction.and_then(|correction| correction.reason.clone());
    row.keeps_disputes = correction.is_some_and(|correction| correction.keeps_disputes);
    contradicts.sort_unstable(); // the order in which `history` loads them
    let on = days.into_iter().min();
    let recorded_at = Timestamp(entry.recorded_at);
    let publications = on.map(|_| Publication { recorded_at, on });
    let fact = history::fact(&row, publications.into_iter().collect(), contradicts)?;
    let published_on = on.unwrap_or_else(|| recorded_at.day());
    row.published_on = published_on.to_string();
    batch.add_statement(row, &fact)?;
    Ok(relationship_id)
}

fn statement_row(
    batch: &Batch,
    entry: &ledger_entry::Model,
    payload: &Statement,
) -> Result<statement::Model> {
    let (relationship_id, country_code, initiative_id) =
        subject_columns(&batch.cache, &payload.subject);
    let date = Edtf::parse(&payload.valid_from).map_err(Error::internal)?;
    Ok(statement::Model {
        id: entry.seq,
        relationship_id,
        country_code: country_code.map(str::to_owned),
        initiative_id,
        kind: payload.body.kind().as_ref().to_owned(),
        body: canonical::to_string(&payload.body).map_err(Error::internal)?,
        claimant_kind: payload.claimant.kind.as_ref().to_owned(),
        claimant_label: payload.claimant.label.clone(),
        valid_from: payload.valid_from.clone(),
        earliest: date.earliest().map(|day| day.to_string()),
        latest: last_day(&payload.valid_from, entry.recorded_at).unwrap_or_default(),
        summary: payload.summary.clone(),
        note: payload.note.clone(),
        corrects: None,
        correction_reason: None,
        keeps_disputes: false,
        recorded_at: entry.recorded_at,
        corrected_by: None,
        retracted_at: None,
        retraction_reason: None,
        published_on: String::new(),
    })
}

/// Adds rows of evidence; returns the days of those that support the statement and have a date.
pub(super) fn add_evidence(
    batch: &mut Batch,
    entry: &ledger_entry::Model,
    statement: i64,
    evidence_items: &[Evidence],
) -> Result<Vec<NaiveDate>> {
    let mut days = Vec::new();
    for (ordinal, item) in (0..).zip(evidence_items) {
        let own = item.published_on.as_deref();
        let public_on = if let Some(date) = own {
            last_day(date, entry.recorded_at)
        } else {
            let source = batch.cache.sources.find(item.source);
            source.and_then(|source| source.public_on.clone())
        };
        if let (EvidenceRelation::Supports, Some(day)) = (item.relation, &public_on) {
            let on = parse_day(day).ok_or_else(|| {
                Error::internal(format!(
                    "the database contains `{day}` where a day is expected"
                ))
            })?;
            days.push(on);
        }
        let row = evidence::Model {
            seq: entry.seq,
            ordinal,
            statement_id: statement,
            source_id: item.source,
            relation: item.relation.as_ref().to_owned(),
            quote: item.quote.clone(),
            locator: item.locator.clone(),
            recorded_at: entry.recorded_at,
            published_on: item.published_on.clone(),
            public_on,
        };
        batch.add_citation(&row);
        batch.new_rows().evidence.push(row);
    }
    Ok(days)
}

/// Retracts a statement; the one that it had replaced becomes valid again. Returns its relationship, if it is about one.
pub(super) fn retract(
    batch: &mut Batch,
    entry: &ledger_entry::Model,
    retraction: &Retraction,
) -> Result<Option<i64>> {
    let row = batch.change_statement(retraction.statement)?;
    row.retracted_at = Some(entry.recorded_at);
    row.retraction_reason = Some(retraction.reason.clone());
    let (relationship, corrected) = (row.relationship_id, row.corrects);
    if let Some(corrected) = corrected {
        batch.change_statement(corrected)?.corrected_by = None;
    }
    batch
        .history(retraction.statement)?
        .retract(retraction.statement, Timestamp(entry.recorded_at));
    Ok(relationship)
}

/// The relationship of a subject, if it is one; added here if this is the first statement about it.
fn find_or_add_relationship(
    batch: &mut Batch,
    entry: &ledger_entry::Model,
    subject: &Subject,
) -> Result<Option<i64>> {
    let Subject::Relationship {
        initiative,
        requested_state,
    } = subject
    else {
        return Ok(None);
    };
    let cache = &mut batch.cache;
    if let Some(id) = cache.find_relationship(*initiative, requested_state) {
        return Ok(Some(id));
    }
    let initiative = cache.initiatives.get(initiative);
    let initiative = initiative
        .ok_or_else(|| Error::internal("the initiative of a relationship is not loaded"))?;
    let row = relationship::Model {
        id: entry.seq,
        initiative_id: initiative.id,
        requesting_state: initiative.requesting_state.clone(),
        requested_state: requested_state.clone(),
        stance: Stance::Unknown.as_ref().to_owned(),
        stance_rank: Stance::Unknown.rank().into(),
        since: None,
        since_day: String::new(),
        certain: true,
        disputed: false,
        basis: None,
        changed_seq: 0,
        changed_at: 0,
    };
    cache.add_relationship(row, History::default());
    Ok(Some(entry.seq))
}
