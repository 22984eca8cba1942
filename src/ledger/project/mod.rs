//! What follows from an entry: the rows that everyone reads. The same code runs when an entry is recorded and when
//! `verify` rebuilds everything, so it depends on the entry and the rows before it only.

use entity::{initiative, ledger_entry, source};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Set, Statement as Sql, Value,
};

use super::payload::{Addition, Initiative, Payload, Source, Subject};
use crate::error::Result;
use crate::model::edtf::Edtf;
use crate::model::stance::ChangeKind;
use crate::model::time::Instant;

mod relationship;
mod statement;

/// Writes every row that follows from `entry`.
pub(super) async fn project(
    txn: &impl ConnectionTrait,
    entry: &ledger_entry::Model,
    payload: &Payload,
) -> Result<()> {
    match payload {
        Payload::InitiativeOpened(initiative) => open(txn, entry, initiative).await,
        Payload::SourceRegistered(source) => register(txn, entry, source).await,
        Payload::StatementRecorded(recorded) => {
            let subject = statement::insert(txn, entry, recorded, None).await?;
            relationship::refresh(txn, subject, entry, ChangeKind::Event, entry.seq).await
        }
        Payload::StatementCorrected(correction) => {
            statement::mark_corrected(txn, correction.corrects, Some(entry.seq)).await?;
            let subject =
                statement::insert(txn, entry, &correction.statement, Some(correction)).await?;
            relationship::refresh(txn, subject, entry, ChangeKind::Correction, entry.seq).await
        }
        Payload::StatementRetracted(retraction) => {
            let subject = statement::retract(txn, entry, retraction).await?;
            relationship::refresh(
                txn,
                subject,
                entry,
                ChangeKind::Retraction,
                retraction.statement,
            )
            .await
        }
        Payload::EvidenceAdded(addition) => add_evidence(txn, entry, addition).await,
    }
}

/// The columns (relationship, country, initiative) of a subject; all absent for a relationship that nobody has
/// spoken of yet.
pub(super) async fn subject_columns(
    db: &impl ConnectionTrait,
    subject: &Subject,
) -> Result<(Option<i64>, Option<String>, Option<i64>)> {
    Ok(match subject {
        Subject::Relationship {
            initiative,
            requested_state,
        } => {
            let found = entity::relationship::Entity::find()
                .filter(entity::relationship::Column::InitiativeId.eq(*initiative))
                .filter(entity::relationship::Column::RequestedState.eq(requested_state));
            (found.one(db).await?.map(|row| row.id), None, None)
        }
        Subject::Country(code) => (None, Some(code.clone()), None),
        Subject::Initiative(id) => (None, None, Some(*id)),
    })
}

async fn open(
    txn: &impl ConnectionTrait,
    entry: &ledger_entry::Model,
    opened: &Initiative,
) -> Result<()> {
    let row = initiative::ActiveModel {
        id: Set(entry.seq),
        slug: Set(opened.slug.clone()),
        title: Set(opened.title.clone()),
        summary: Set(opened.summary.clone()),
        requesting_state: Set(opened.requesting_state.clone()),
        started_on: Set(opened.started_on.clone()),
    };
    initiative::Entity::insert(row)
        .exec_without_returning(txn)
        .await?;
    Ok(())
}

async fn register(
    txn: &impl ConnectionTrait,
    entry: &ledger_entry::Model,
    registered: &Source,
) -> Result<()> {
    let own = registered
        .published_on
        .as_deref()
        .and_then(|date| last_day(date, entry.recorded_at));
    let original = match registered.derived_from {
        Some(id) => source::Entity::find_by_id(id)
            .one(txn)
            .await?
            .and_then(|source| source.public_on),
        None => None,
    };
    let row = source::ActiveModel {
        id: Set(entry.seq),
        kind: Set(registered.kind.as_ref().to_owned()),
        publisher: Set(registered.publisher.clone()),
        title: Set(registered.title.clone()),
        url: Set(registered.url.clone()),
        published_on: Set(registered.published_on.clone()),
        public_on: Set([own, original].into_iter().flatten().min()),
        language: Set(registered.language.clone()),
        derived_from: Set(registered.derived_from),
    };
    source::Entity::insert(row)
        .exec_without_returning(txn)
        .await?;
    index(
        txn,
        "Source",
        entry.seq,
        &registered.title,
        &registered.publisher,
    )
    .await
}

async fn add_evidence(
    txn: &impl ConnectionTrait,
    entry: &ledger_entry::Model,
    added: &Addition,
) -> Result<()> {
    statement::insert_evidence(txn, entry, added.statement, &added.evidence).await?;
    statement::refresh_publication(txn, added.statement).await
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

/// Makes a row findable by its words.
async fn index(
    txn: &impl ConnectionTrait,
    kind: &str,
    id: i64,
    title: &str,
    body: &str,
) -> Result<()> {
    let values: [Value; 4] = [
        kind.into(),
        id.to_string().into(),
        title.into(),
        body.into(),
    ];
    let sql = "INSERT INTO search_text (kind, ref, title, body) VALUES (?, ?, ?, ?)";
    txn.execute_raw(Sql::from_sql_and_values(
        txn.get_database_backend(),
        sql,
        values,
    ))
    .await?;
    Ok(())
}
