//! Rows of statements, their evidence and what they deny.

use entity::{contradiction, evidence, ledger_entry, relationship, statement};

use super::{last_day, subject_columns};
use crate::error::{Error, Result};
use crate::ledger::batch::Batch;
use crate::ledger::bulk_insert::Words;
use crate::ledger::history;
use crate::ledger::payload::{Correction, Evidence, Retraction, Statement, Subject};
use crate::model::canonical;
use crate::model::edtf::Edtf;
use crate::model::moment::Moment;
use crate::model::position::{Fact, Publication};
use crate::model::stance::Stance;
use crate::model::statement::EvidenceRelation;
use crate::model::time::{Instant, parse_day};

/// Adds a statement with all that hangs on it; gives the relationship that it is about, if it is about one.
pub(super) fn insert(
    batch: &mut Batch,
    entry: &ledger_entry::Model,
    recorded: &Statement,
    correction: Option<&Correction>,
) -> Result<Option<i64>> {
    let relationship_id = relationship(batch, entry, &recorded.subject)?;
    let publications = add_evidence(batch, entry, entry.seq, &recorded.evidence)?;
    let mut denied = recorded.contradicts.clone();
    let pairs = denied.iter().map(|id| contradiction::Model {
        statement_id: entry.seq,
        contradicts_id: *id,
    });
    let new = batch.new_rows();
    new.contradictions.extend(pairs);
    new.words.push(Words {
        kind: "Statement",
        key: entry.seq.to_string(),
        title: recorded.summary.clone(),
        body: words(recorded),
    });
    let mut row = row(batch, entry, recorded)?;
    row.corrects = correction.map(|correction| correction.corrects);
    row.correction_reason = correction.and_then(|correction| correction.reason.clone());
    denied.sort_unstable(); // as they are read back
    let fact = history::fact(&row, publications, denied)?;
    row.published_on = public_on(&fact);
    batch.add_statement(row, fact)?;
    Ok(relationship_id)
}

fn row(
    batch: &Batch,
    entry: &ledger_entry::Model,
    recorded: &Statement,
) -> Result<statement::Model> {
    let (relationship_id, country_code, initiative_id) =
        subject_columns(&batch.known, &recorded.subject);
    let date = Edtf::parse(&recorded.valid_from).map_err(Error::internal)?;
    Ok(statement::Model {
        id: entry.seq,
        relationship_id,
        country_code: country_code.map(str::to_owned),
        initiative_id,
        kind: recorded.body.kind().as_ref().to_owned(),
        body: canonical::to_string(&recorded.body).map_err(Error::internal)?,
        claimant_kind: recorded.claimant.kind.as_ref().to_owned(),
        claimant_label: recorded.claimant.label.clone(),
        valid_from: recorded.valid_from.clone(),
        earliest: date.earliest().map(|day| day.to_string()),
        latest: last_day(&recorded.valid_from, entry.recorded_at).unwrap_or_default(),
        summary: recorded.summary.clone(),
        note: recorded.note.clone(),
        corrects: None,
        correction_reason: None,
        recorded_at: entry.recorded_at,
        corrected_by: None,
        retracted_at: None,
        retraction_reason: None,
        published_on: String::new(),
    })
}

/// Adds rows of evidence; gives those that support the statement and have a date, in their order.
pub(super) fn add_evidence(
    batch: &mut Batch,
    entry: &ledger_entry::Model,
    statement: i64,
    added: &[Evidence],
) -> Result<Vec<Publication>> {
    let mut publications = Vec::new();
    for (ordinal, one) in (0..).zip(added) {
        let public_on = batch.known.sources.get(&one.source).cloned().flatten();
        if let (EvidenceRelation::Supports, Some(day)) = (one.relation, &public_on) {
            let on = parse_day(day)
                .ok_or_else(|| Error::internal(format!("`{day}` is stored as a day")))?;
            let recorded_at = Instant(entry.recorded_at);
            publications.push(Publication { recorded_at, on });
        }
        batch.new_rows().evidence.push(evidence::Model {
            seq: entry.seq,
            ordinal,
            statement_id: statement,
            source_id: one.source,
            relation: one.relation.as_ref().to_owned(),
            quote: one.quote.clone(),
            locator: one.locator.clone(),
            recorded_at: entry.recorded_at,
            public_on,
        });
    }
    Ok(publications)
}

/// The day from which a statement counts as public, as known now.
pub(super) fn public_on(fact: &Fact) -> String {
    fact.published_on(&Moment::default()).to_string()
}

/// Takes a statement back; what it had replaced stands again. Gives the relationship it was about.
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
    batch.fact(retraction.statement)?.retracted_at = Some(Instant(entry.recorded_at));
    Ok(relationship)
}

/// The relationship that a subject names, if it names one; comes into being here if nobody has spoken of it before.
fn relationship(
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
    let known = &mut batch.known;
    if let Some(id) = known.find_relationship(*initiative, requested_state) {
        return Ok(Some(id));
    }
    let initiative = known.initiatives.get(initiative);
    let initiative =
        initiative.ok_or_else(|| Error::internal("a relationship's initiative vanished"))?;
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
    known.add_relationship(row, Vec::new());
    Ok(Some(entry.seq))
}

/// What a statement is found by beside its summary.
fn words(recorded: &Statement) -> String {
    let quotes = recorded
        .evidence
        .iter()
        .filter_map(|one| one.quote.as_deref());
    let all = [recorded.claimant.label.as_str()]
        .into_iter()
        .chain(quotes)
        .chain(recorded.note.as_deref());
    all.collect::<Vec<_>>().join("\n")
}
