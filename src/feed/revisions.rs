//! Revisions: what entries did in disputes and to other statements.

use std::collections::{BTreeMap, HashMap};

use sea_orm::DatabaseConnection;
use sea_orm::sea_query::Expr;

use super::subjects::{EventSubject, load_subjects};
use super::{Event, fact_pages};
use crate::database::value_set::ValueSet;
use crate::error::Result;
use crate::ledger::payload::{Payload, Statement};
use crate::ledger::source_revisions;
use crate::model::position::chain::{Revision, RevisionKind};
use crate::model::position::history::History;
use crate::model::source::EntryKind;
use crate::model::time::Timestamp;
use crate::read_model::{HistoryKey, ReadModel};

/// Adds what events changed in disputes and in other statements. The read model has their facts, or is still loading older
/// ones: then those of the subjects are loaded first.
/// # Errors
/// `Error::Internal` if the database cannot answer.
pub(super) async fn add_effects_on_statements(
    db: &DatabaseConnection,
    read_model: &ReadModel,
    events: &mut [Event],
) -> Result<()> {
    let of_sources = load_source_revisions(db, events).await?;
    let of_statements = events.iter().filter_map(|event| event.subject.history());
    let keys = of_sources.values().flatten().map(|(_, key)| key.clone());
    let keys: Vec<HistoryKey> = of_statements.chain(keys).collect();
    let incomplete = read_model.list_incomplete(&keys);
    if !incomplete.is_empty() {
        let facts = fact_pages::load_subjects(db, &incomplete).await?;
        read_model.complete_subjects(&incomplete, facts)?;
    }
    for event in events {
        if let Some(statements) = of_sources.get(&event.entry.seq) {
            event.revisions = source_revisions_of(statements, read_model);
        }
        let Some(key) = event.subject.history() else {
            continue;
        };
        let history = read_model.history(&key).unwrap_or_default();
        if event.subject.relationship.is_some() {
            let at = Timestamp(event.entry.recorded_at);
            event.dispute = history.dispute_change(at).map(Box::new);
        }
        event.revisions = revisions(event, &history);
    }
    Ok(())
}

/// The statements that corrections of sources concern, with the keys of their histories, by the corrections. Two SQL statements, or
/// none if there are no corrections.
async fn load_source_revisions(
    db: &DatabaseConnection,
    events: &[Event],
) -> Result<HashMap<i64, Vec<(i64, HistoryKey)>>> {
    let corrected = EntryKind::SourceCorrected.as_ref();
    let entries = events.iter().map(|event| &event.entry);
    let corrections = entries.filter(|entry| entry.kind == corrected);
    let corrections: Vec<i64> = corrections.map(|entry| entry.seq).collect();
    if corrections.is_empty() {
        return Ok(HashMap::new());
    }
    let seqs = ValueSet::of_numbers(corrections);
    let all = |_| Expr::val(true);
    let revisions = source_revisions::list(db, |seq| seqs.contains(seq), all).await?;
    let statements = revisions.iter().map(|one| one.statement).collect();
    let subjects = load_subjects(db, statements).await?;
    let mut statements: HashMap<i64, Vec<(i64, HistoryKey)>> = HashMap::new();
    for revision in revisions {
        let subject = subjects.get(&revision.statement);
        if let Some(key) = subject.and_then(EventSubject::history) {
            let of_entry = statements.entry(revision.seq).or_default();
            of_entry.push((revision.statement, key));
        }
    }
    Ok(statements)
}

fn source_revisions_of(
    statements: &[(i64, HistoryKey)],
    read_model: &ReadModel,
) -> Box<[Revision]> {
    let statements: BTreeMap<i64, &HistoryKey> =
        statements.iter().map(|(id, key)| (*id, key)).collect();
    let revisions = statements.into_iter().map(|(statement, key)| {
        let history = read_model.history(key);
        Revision {
            statement,
            kind: RevisionKind::SourceCorrected,
            by: None,
            chain: history.map_or(statement, |history| history.chain_of(statement)),
        }
    });
    revisions.collect()
}

/// What an entry did to other statements, or to an earlier one.
fn revisions(event: &Event, history: &History) -> Box<[Revision]> {
    let seq = event.entry.seq;
    let revision = |statement: i64, kind, by| Revision {
        statement,
        kind,
        by,
        chain: history.chain_of(statement),
    };
    let contradicted = |statement: Statement| {
        let denied = statement.contradicts.into_iter();
        denied.map(|id| revision(id, RevisionKind::Contradicted, Some(seq)))
    };
    let kind = event.entry.kind.parse().ok();
    let payload = kind.and_then(|kind| Payload::parse(kind, &event.entry.payload).ok());
    let mut revisions: Vec<Revision> = match payload {
        Some(Payload::StatementRecorded(statement)) => contradicted(statement).collect(),
        Some(Payload::StatementCorrected(correction)) => {
            let corrected = revision(correction.corrects, RevisionKind::Corrected, Some(seq));
            let others = contradicted(correction.statement);
            [corrected].into_iter().chain(others).collect()
        }
        Some(Payload::StatementRetracted(retraction)) => {
            let id = retraction.statement;
            let retracted = revision(id, RevisionKind::Retracted, None);
            let corrected = history.find(id).and_then(|fact| history.corrected_by(fact));
            let reinstated = corrected.map(|one| revision(one, RevisionKind::Reinstated, Some(id)));
            [retracted].into_iter().chain(reinstated).collect()
        }
        Some(Payload::EvidenceAdded(addition)) => {
            vec![revision(
                addition.statement,
                RevisionKind::EvidenceAdded,
                None,
            )]
        }
        Some(
            Payload::InitiativeOpened(_)
            | Payload::SourceRegistered(_)
            | Payload::ReviewRecorded(_)
            | Payload::EditionImported(_)
            | Payload::SourceCorrected(_),
        )
        | None => Vec::new(),
    };
    revisions.sort_unstable();
    revisions.into_boxed_slice()
}
