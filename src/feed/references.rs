//! References of entries: what an entry records, changes or refers to, from its payload.

use std::collections::HashMap;

use entity::ledger_entry;
use sea_orm::DatabaseConnection;

use super::Event;
use crate::database::value_set::ValueSet;
use crate::error::Result;
use crate::ledger::payload::Payload;
use crate::ledger::source_revisions;

/// The statements that an entry records or references. The subjects of the entry are theirs.
#[derive(Default)]
pub(super) struct References {
    pub(super) statements: Vec<i64>,
    /// The one whose fact is new or different.
    pub(super) changed: Option<i64>,
    /// The statements that a new one denies.
    pub(super) denied: Vec<i64>,
    /// The initiative of a review or an edition, and the requested state of the relationship that was reviewed.
    pub(super) initiative: Option<i64>,
    pub(super) requested_state: Option<String>,
    /// The source that a correction is of, the statements that cite it, and those whose day of publication may be another.
    pub(super) corrected_source: Option<i64>,
    pub(super) cited: Vec<i64>,
    pub(super) moved: Vec<i64>,
}

impl References {
    /// `None` if the entry cannot be parsed.
    fn of(entry: &ledger_entry::Model) -> Option<Self> {
        let payload = Payload::parse(entry.kind.parse().ok()?, &entry.payload).ok()?;
        let changed = payload.changed_statement(entry.seq);
        let mut references = Self {
            changed,
            ..Self::default()
        };
        let mut corrected = None;
        match payload {
            Payload::StatementRecorded(statement) => references.denied = statement.contradicts,
            Payload::StatementCorrected(correction) => {
                references.denied = correction.statement.contradicts;
                corrected = Some(correction.corrects);
            }
            Payload::ReviewRecorded(review) => {
                references.initiative = Some(review.initiative);
                references.requested_state = review.requested_state;
            }
            Payload::EditionImported(edition) => references.initiative = Some(edition.initiative),
            Payload::SourceCorrected(correction) => {
                references.corrected_source = Some(correction.number);
            }
            Payload::InitiativeOpened(_)
            | Payload::SourceRegistered(_)
            | Payload::StatementRetracted(_)
            | Payload::EvidenceAdded(_) => {}
        }
        let others = references.denied.iter().copied().chain(corrected);
        references.statements = others.chain(changed).collect();
        Some(references)
    }
}

/// Per event, in order; `None` for an entry that this version cannot parse.
pub(super) fn references_of(events: &[Event]) -> Vec<Option<References>> {
    let references = events.iter().map(|event| References::of(&event.entry));
    references.collect()
}

/// Adds the statements that corrections of sources concern. One SQL statement, if there are corrections.
pub(super) async fn add_source_revisions(
    db: &DatabaseConnection,
    events: &[Event],
    references: &mut [Option<References>],
) -> Result<()> {
    let mut corrections: HashMap<i64, &mut References> = HashMap::new();
    for (event, references) in events.iter().zip(references) {
        if let Some(references) = references
            && references.corrected_source.is_some()
        {
            corrections.insert(event.entry.seq, references);
        }
    }
    if corrections.is_empty() {
        return Ok(());
    }
    let seqs = ValueSet::of_numbers(corrections.keys().copied());
    let all = |_| sea_orm::sea_query::Expr::val(true);
    for revision in source_revisions::list(db, |seq| seqs.contains(seq), all).await? {
        let Some(references) = corrections.get_mut(&revision.seq) else {
            continue;
        };
        if revision.is_moved {
            references.moved.push(revision.statement);
            references.statements.push(revision.statement);
        } else {
            references.cited.push(revision.statement);
        }
    }
    Ok(())
}
