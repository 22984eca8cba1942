//! Rows of statements, their evidence and what they deny.

use entity::{contradiction, evidence, ledger_entry, relationship, source, statement};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Set};

use super::super::payload::{Correction, Evidence, Retraction, Statement, Subject};
use super::{index, last_day, subject_columns};
use crate::error::{Error, Result};
use crate::model::edtf::Edtf;
use crate::model::stance::Stance;
use crate::model::statement::EvidenceRelation;
use crate::model::time::Instant;

/// Inserts a statement with all that hangs on it; gives the relationship that it is about, if it is about one.
pub(super) async fn insert(
    txn: &impl ConnectionTrait,
    entry: &ledger_entry::Model,
    recorded: &Statement,
    correction: Option<&Correction>,
) -> Result<Option<i64>> {
    let (relationship_id, country_code, initiative_id) =
        subject(txn, entry, &recorded.subject).await?;
    let date = Edtf::parse(&recorded.valid_from).map_err(Error::internal)?;
    let latest = last_day(&recorded.valid_from, entry.recorded_at).unwrap_or_default();
    let row = statement::ActiveModel {
        id: Set(entry.seq),
        relationship_id: Set(relationship_id),
        country_code: Set(country_code),
        initiative_id: Set(initiative_id),
        kind: Set(recorded.body.kind().as_ref().to_owned()),
        body: Set(serde_json_canonicalizer::to_string(&recorded.body).map_err(Error::internal)?),
        claimant_kind: Set(recorded.claimant.kind.as_ref().to_owned()),
        claimant_label: Set(recorded.claimant.label.clone()),
        valid_from: Set(recorded.valid_from.clone()),
        earliest: Set(date.earliest().map(|day| day.to_string())),
        latest: Set(latest),
        summary: Set(recorded.summary.clone()),
        note: Set(recorded.note.clone()),
        corrects: Set(correction.map(|correction| correction.corrects)),
        correction_reason: Set(correction.and_then(|correction| correction.reason.clone())),
        recorded_at: Set(entry.recorded_at),
        corrected_by: Set(None),
        retracted_at: Set(None),
        retraction_reason: Set(None),
        published_on: Set(Instant(entry.recorded_at).day().to_string()),
    };
    statement::Entity::insert(row)
        .exec_without_returning(txn)
        .await?;
    insert_evidence(txn, entry, entry.seq, &recorded.evidence).await?;
    refresh_publication(txn, entry.seq).await?;
    for denied in &recorded.contradicts {
        let row = contradiction::ActiveModel {
            statement_id: Set(entry.seq),
            contradicts_id: Set(*denied),
        };
        contradiction::Entity::insert(row)
            .exec_without_returning(txn)
            .await?;
    }
    index(
        txn,
        "Statement",
        entry.seq,
        &recorded.summary,
        &words(recorded),
    )
    .await?;
    Ok(relationship_id)
}

pub(super) async fn insert_evidence(
    txn: &impl ConnectionTrait,
    entry: &ledger_entry::Model,
    statement: i64,
    added: &[Evidence],
) -> Result<()> {
    for (ordinal, one) in (0..).zip(added) {
        let source = source::Entity::find_by_id(one.source).one(txn).await?;
        let row = evidence::ActiveModel {
            seq: Set(entry.seq),
            ordinal: Set(ordinal),
            statement_id: Set(statement),
            source_id: Set(one.source),
            relation: Set(one.relation.as_ref().to_owned()),
            quote: Set(one.quote.clone()),
            locator: Set(one.locator.clone()),
            recorded_at: Set(entry.recorded_at),
            public_on: Set(source.and_then(|source| source.public_on)),
        };
        evidence::Entity::insert(row)
            .exec_without_returning(txn)
            .await?;
    }
    Ok(())
}

/// Computes anew from which day a statement counts as public: the earliest among its supporting sources, or the day
/// it was recorded.
pub(super) async fn refresh_publication(txn: &impl ConnectionTrait, id: i64) -> Result<()> {
    let supporting = evidence::Entity::find()
        .filter(evidence::Column::StatementId.eq(id))
        .filter(evidence::Column::Relation.eq(EvidenceRelation::Supports.as_ref()));
    let earliest = supporting
        .all(txn)
        .await?
        .into_iter()
        .filter_map(|one| one.public_on)
        .min();
    if let Some(earliest) = earliest {
        update(txn, id, |row| row.published_on = Set(earliest)).await?;
    }
    Ok(())
}

/// Says which statement replaces `id` now; none if that one was taken back.
pub(super) async fn mark_corrected(
    txn: &impl ConnectionTrait,
    id: i64,
    by: Option<i64>,
) -> Result<()> {
    update(txn, id, |row| row.corrected_by = Set(by)).await
}

/// Takes a statement back; what it had replaced stands again. Gives the relationship it was about.
pub(super) async fn retract(
    txn: &impl ConnectionTrait,
    entry: &ledger_entry::Model,
    retraction: &Retraction,
) -> Result<Option<i64>> {
    let found = statement::Entity::find_by_id(retraction.statement)
        .one(txn)
        .await?;
    let found = found
        .ok_or_else(|| Error::internal(format!("statement {} vanished", retraction.statement)))?;
    update(txn, found.id, |row| {
        row.retracted_at = Set(Some(entry.recorded_at));
        row.retraction_reason = Set(Some(retraction.reason.clone()));
    })
    .await?;
    if let Some(corrected) = found.corrects {
        mark_corrected(txn, corrected, None).await?;
    }
    Ok(found.relationship_id)
}

async fn update(
    txn: &impl ConnectionTrait,
    id: i64,
    set: impl FnOnce(&mut statement::ActiveModel),
) -> Result<()> {
    let mut row = statement::ActiveModel {
        id: Set(id),
        ..Default::default()
    };
    set(&mut row);
    row.update(txn).await?;
    Ok(())
}

/// The subject's columns; a relationship that nobody has spoken of before comes into being here.
async fn subject(
    txn: &impl ConnectionTrait,
    entry: &ledger_entry::Model,
    subject: &Subject,
) -> Result<(Option<i64>, Option<String>, Option<i64>)> {
    let columns = subject_columns(txn, subject).await?;
    let (
        Subject::Relationship {
            initiative,
            requested_state,
        },
        (None, ..),
    ) = (subject, &columns)
    else {
        return Ok(columns);
    };
    let initiative = entity::initiative::Entity::find_by_id(*initiative)
        .one(txn)
        .await?;
    let initiative =
        initiative.ok_or_else(|| Error::internal("a relationship's initiative vanished"))?;
    let row = relationship::ActiveModel {
        id: Set(entry.seq),
        initiative_id: Set(initiative.id),
        requesting_state: Set(initiative.requesting_state),
        requested_state: Set(requested_state.clone()),
        stance: Set(Stance::Unknown.as_ref().to_owned()),
        stance_rank: Set(Stance::Unknown.rank().into()),
        since: Set(None),
        since_day: Set(String::new()),
        certain: Set(true),
        disputed: Set(false),
        basis: Set(None),
        changed_seq: Set(0),
        changed_at: Set(0),
    };
    relationship::Entity::insert(row)
        .exec_without_returning(txn)
        .await?;
    Ok((Some(entry.seq), None, None))
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
