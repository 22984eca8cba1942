//! Rows that the ledger has: those of its own export are not recorded a second time.

use std::collections::{BTreeMap, HashMap};

use entity::{evidence, initiative, ledger_entry, source};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::draft::UNDETERMINED;
use super::reviews::RecordedReviews;
use super::{CsvDocument, CsvError};
use crate::database::value_set::ValueSet;
use crate::error::{Error, Result, parse_stored};
use crate::ledger::import::document::DocumentError;
use crate::ledger::import::item::{self, INITIATIVE_KEY, Item};
use crate::ledger::import::{ACTOR, Importer};
use crate::ledger::payload::{Evidence, Payload, Source};
use crate::ledger::write_health::ClockCheck;
use crate::model::time::ClockFn;

/// Notes in each document which of its items are in the ledger under the numbers of their rows.
/// # Errors
/// The inner one has the rows whose number is that of another entry.
pub async fn find_recorded(
    db: &impl ConnectionTrait,
    documents: &mut [CsvDocument],
    initiatives: &BTreeMap<String, initiative::Model>,
    clock: &ClockFn,
) -> Result<Result<(), Vec<CsvError>>> {
    let mut errors = Vec::new();
    for one in documents {
        // An import would name the numbers of its own initiative, so that others cannot be meant.
        let Some(initiative) = initiatives.get(&one.document.initiative.slug) else {
            continue;
        };
        one.document
            .recorded
            .insert(INITIATIVE_KEY.to_owned(), initiative.id);
        let entries = Entries::load(db, one, clock).await?;
        errors.extend(entries.compare(one, clock)?);
        let reviews = RecordedReviews::load(db, &one.document, initiative).await?;
        errors.extend(reviews.map_or_else(Vec::new, |reviews| reviews.compare(one)));
    }
    Ok(if errors.is_empty() {
        Ok(())
    } else {
        Err(errors)
    })
}

struct Entries {
    /// Entries of the ledger by seq.
    by_seq: HashMap<i64, ledger_entry::Model>,
    /// Entries that an earlier import of the rows recorded, by key.
    imported: HashMap<String, i64>,
    /// Numbers of pieces of evidence, by statement.
    evidence: HashMap<i64, usize>,
    /// The newest data of the sources that were corrected, by number.
    corrected: HashMap<i64, Source>,
}

impl Entries {
    async fn load(db: &impl ConnectionTrait, one: &CsvDocument, clock: &ClockFn) -> Result<Self> {
        use ledger_entry::{Column, Entity};
        let items: Vec<Item<'_>> = item::list_items(&one.document).collect();
        let keys = Importer::new(&one.document, clock, ClockCheck::Allow).idempotency_keys(&items);
        let keys = ValueSet::of_texts(&keys).contains(Column::IdempotencyKey.into_expr());
        let imported = Entity::find().filter(Column::Actor.eq(ACTOR)).filter(keys);
        let imported = imported.all(db).await?.into_iter();
        let numbers: Vec<i64> = items.iter().filter_map(number_of).collect();
        let seqs = ValueSet::of_numbers(numbers.iter().copied());
        let by_seq = Entity::find().filter(seqs.contains(Column::Seq.into_expr()));
        let by_seq = by_seq.all(db).await?.into_iter();
        let statements = seqs.contains(evidence::Column::StatementId.into_expr());
        let mut evidence: HashMap<i64, usize> = HashMap::new();
        for row in evidence::Entity::find().filter(statements).all(db).await? {
            *evidence.entry(row.statement_id).or_default() += 1;
        }
        Ok(Self {
            by_seq: by_seq.map(|entry| (entry.seq, entry)).collect(),
            imported: imported
                .map(|entry| (entry.idempotency_key, entry.seq))
                .collect(),
            evidence,
            corrected: load_corrected(db, &seqs).await?,
        })
    }

    fn compare(&self, one: &mut CsvDocument, clock: &ClockFn) -> Result<Vec<CsvError>> {
        let mut importer = Importer::new(&one.document, clock, ClockCheck::Allow);
        let mut errors = Vec::new();
        let mut recorded = Vec::new();
        let items: Vec<Item<'_>> = item::list_items(&one.document).collect();
        for (item, key) in items.iter().zip(importer.idempotency_keys(&items)) {
            if let Some(seq) = self.imported.get(&key) {
                importer.seqs.insert(item.key(), *seq);
                continue;
            }
            let Some(entry) = number_of(item).and_then(|seq| self.by_seq.get(&seq)) else {
                continue;
            };
            importer.seqs.insert(item.key(), entry.seq);
            if self.is_same(entry, &importer.payload(item))? {
                recorded.push((item.key(), entry.seq));
            } else {
                errors.push(one.locations.locate(&DocumentError {
                    path: format!("{}.key", item.path()),
                    message: different(entry.seq),
                    line: None,
                }));
            }
        }
        drop(importer);
        one.document.recorded.extend(recorded);
        Ok(errors)
    }

    /// Whether a row is what an entry recorded, with the evidence that was added later.
    fn is_same(&self, entry: &ledger_entry::Model, row: &Payload) -> Result<bool> {
        let kind = parse_stored(&entry.kind)?;
        let mut stored = Payload::parse(kind, &entry.payload).map_err(Error::internal)?;
        let mut row = row.clone();
        if let Payload::SourceRegistered(source) = &mut stored {
            if let Some(newest) = self.corrected.get(&entry.seq) {
                *source = newest.clone();
            }
            source
                .language
                .get_or_insert_with(|| UNDETERMINED.to_owned());
        }
        if let (Some(of_row), Some(of_entry)) = (evidence_of(&mut row), evidence_of(&mut stored)) {
            if self.evidence.get(&entry.seq) != Some(&of_row.len()) {
                return Ok(false);
            }
            of_row.truncate(of_entry.len());
        }
        Ok(stored == row)
    }
}

async fn load_corrected(
    db: &impl ConnectionTrait,
    numbers: &ValueSet,
) -> Result<HashMap<i64, Source>> {
    let rows = source::Entity::find()
        .filter(numbers.contains(source::number()))
        .filter(source::Column::VersionOf.is_not_null())
        .filter(source::is_newest(None));
    let mut corrected = HashMap::new();
    for row in rows.all(db).await? {
        let number = row.number();
        let data = Source {
            derived_from: row.derived_from,
            kind: parse_stored(&row.kind)?,
            language: row.language,
            published_on: row.published_on,
            publisher: row.publisher,
            title: row.title,
            url: row.url,
        };
        corrected.insert(number, data);
    }
    Ok(corrected)
}

fn evidence_of(payload: &mut Payload) -> Option<&mut Vec<Evidence>> {
    match payload {
        Payload::StatementRecorded(statement) => Some(&mut statement.evidence),
        Payload::StatementCorrected(correction) => Some(&mut correction.statement.evidence),
        Payload::InitiativeOpened(_)
        | Payload::SourceRegistered(_)
        | Payload::StatementRetracted(_)
        | Payload::EvidenceAdded(_)
        | Payload::ReviewRecorded(_)
        | Payload::EditionImported(_)
        | Payload::SourceCorrected(_) => None,
    }
}

/// The number that the row of an item has.
fn number_of(item: &Item<'_>) -> Option<i64> {
    let key = match item {
        Item::Source(source) => &source.key,
        Item::Statement(_, statement) => &statement.key,
        Item::Initiative(_)
        | Item::AddedEvidence(..)
        | Item::Retraction(..)
        | Item::SourceCorrection(..)
        | Item::Review(..)
        | Item::Edition(_) => return None,
    };
    key.parse().ok()
}

fn different(seq: i64) -> String {
    format!(
        "entry {seq} of this ledger is another one, or was exported with different content; for a new row, leave the number out or write a name such as `new-1`; to correct a statement, add a row with `corrects` {seq}"
    )
}
