//! Import of a document: its items become ledger entries, in the order in which they became public.
//!
//! Idempotency keys are derived from the document's keys: importing the same document again records nothing, and an item with
//! other content than before is rejected. Each transaction records a chunk; an interrupted import continues when it is run
//! again.

pub mod csv;
pub mod document;
pub mod dry_run;
mod edition;
mod item;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use sea_orm::{DatabaseConnection, DatabaseTransaction};

use super::append::append;
use super::batch::{Batch, BatchCache};
use super::command::Command;
use super::payload::{self, Payload};
use super::progress::Progress;
use super::write_health::{ClockCheck, WriteHealth};
use crate::database;
use crate::error::Result;
use crate::model::time::{ClockFn, Timestamp};
use document::Document;
use item::Item;
pub use item::{INITIATIVE_KEY, source_key, statement_key};

/// Actor of imported entries.
pub const ACTOR: &str = "import";
/// Items in one transaction; a server that writes at the same time waits for one transaction.
const CHUNK: usize = 2_000;

/// Numbers of items that an import recorded and found already recorded, by kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportSummary {
    /// Items recorded now.
    pub recorded: BTreeMap<String, u32>,
    /// Items that were recorded before.
    pub present: BTreeMap<String, u32>,
}

/// Records the items of a document that are not recorded yet.
/// # Errors
/// The error of the first item that cannot be recorded, with its path in the document; its transaction is rolled back.
pub async fn import(
    writer: &DatabaseConnection,
    document: &Document,
    clock: &ClockFn,
) -> Result<ImportSummary> {
    let health = WriteHealth::new(Arc::clone(clock), ClockCheck::Refuse);
    import_with(writer, document, &health, &()).await
}

/// As [`import`], with the clock and the conditions under which new entries are accepted; reports items.
pub async fn import_with(
    writer: &DatabaseConnection,
    document: &Document,
    health: &WriteHealth,
    progress: &impl Progress,
) -> Result<ImportSummary> {
    let mut importer = Importer::new(document, health.clock(), health.clock_check());
    let items: Vec<Item<'_>> = item::list_items(document).collect();
    importer.count_recorded(document);
    let checked = edition::check(writer, document, &importer, &items).await;
    checked.map_err(|error| health.classify(error))?;
    progress.add_expected(items.len());
    for chunk in items.chunks(CHUNK) {
        let txn = database::begin(writer).await?;
        let recorded = importer.record(&txn, chunk).await;
        recorded.map_err(|error| health.classify(error))?;
        health.check_files()?;
        let committed = database::commit(writer, txn).await;
        committed.map_err(|error| health.classify(error))?;
        progress.add_done(chunk.len());
    }
    Ok(importer.summary)
}

struct Importer<'d> {
    slug: &'d str,
    clock: &'d ClockFn,
    clock_check: ClockCheck,
    /// The seq of each item so far, by its key.
    seqs: HashMap<String, i64>,
    /// By the index of a correction, the key of the one of the same source before it.
    earlier_corrections: HashMap<usize, &'d str>,
    /// The cache of the chunks before.
    cache: Option<BatchCache>,
    summary: ImportSummary,
}

impl<'d> Importer<'d> {
    fn new(document: &'d Document, clock: &'d ClockFn, clock_check: ClockCheck) -> Self {
        Self {
            slug: &document.initiative.slug,
            clock,
            clock_check,
            seqs: document.recorded.clone(),
            earlier_corrections: list_earlier_corrections(&document.source_corrections),
            cache: None,
            summary: ImportSummary::default(),
        }
    }

    async fn record(&mut self, txn: &DatabaseTransaction, chunk: &[Item<'_>]) -> Result<()> {
        let mut batch = Batch::begin(txn, self.cache.take()).await?;
        let keys = self.idempotency_keys(chunk);
        let key_refs: Vec<&str> = keys.iter().map(String::as_str).collect();
        batch.load_existing(txn, ACTOR, &key_refs).await?;
        let head_seq = batch.cache.head.seq;
        self.assign_seqs(&batch, chunk, &keys);
        let commands: Vec<_> = chunk
            .iter()
            .zip(&keys)
            .map(|(item, key)| self.command(item, key))
            .collect();
        let valid = commands.iter().flatten();
        let payloads = valid.map(|(command, _)| &command.payload);
        batch.load_references(txn, payloads).await?;
        for (item, command) in chunk.iter().zip(commands) {
            let entry = command
                .and_then(|(command, now)| append(&mut batch, &command, now, self.clock_check));
            let entry = entry.map_err(|error| item::with_item_path(error, item))?;
            let is_new = entry.seq > head_seq;
            self.count(item, is_new);
        }
        self.cache = Some(batch.write(txn).await?);
        Ok(())
    }

    /// Counts the items of a document that are not to be recorded again.
    fn count_recorded(&mut self, document: &Document) {
        for item in item::list_recorded(document) {
            self.count(&item, false);
        }
    }

    fn count(&mut self, item: &Item<'_>, is_new: bool) {
        let counts = if is_new {
            &mut self.summary.recorded
        } else {
            &mut self.summary.present
        };
        *counts.entry(item.kind()).or_default() += 1;
    }

    fn idempotency_keys(&self, items: &[Item<'_>]) -> Vec<String> {
        let keys = items.iter();
        keys.map(|item| format!("{}/{}", self.slug, item.key()))
            .collect()
    }

    /// Determines the seq of each item, recorded or new. New seqs are consecutive: this transaction holds the lock, and the
    /// first error ends the import.
    fn assign_seqs(&mut self, batch: &Batch, chunk: &[Item<'_>], keys: &[String]) {
        let mut last = batch.cache.head.seq;
        for (item, key) in chunk.iter().zip(keys) {
            let seq = batch.find_existing(ACTOR, key).map_or_else(
                || {
                    last += 1;
                    last
                },
                |entry| entry.seq,
            );
            self.seqs.insert(item.key(), seq);
        }
    }

    fn command(&self, item: &Item<'_>, key: &str) -> Result<(Command, Timestamp)> {
        let now = (self.clock)();
        Ok((
            Command::new(ACTOR, key, self.payload(item), now.day())?,
            now,
        ))
    }

    fn payload(&self, item: &Item<'_>) -> Payload {
        match item {
            Item::Initiative(initiative) => Payload::InitiativeOpened(payload::Initiative {
                slug: initiative.slug.clone(),
                title: initiative.title.clone(),
                summary: initiative.summary.clone(),
                requesting_state: initiative.requesting_state.clone(),
                started_on: Some(initiative.started_on.clone()),
            }),
            Item::Source(source) => Payload::SourceRegistered(self.source_data(source)),
            Item::SourceCorrection(index, correction) => {
                Payload::SourceCorrected(payload::SourceCorrection {
                    corrects: self.corrected_version(*index, correction),
                    number: self.source(&correction.source),
                    reason: correction.reason.clone(),
                    source: self.source_data(&correction.data),
                })
            }
            Item::Statement(_, statement) => match &statement.corrects {
                None => Payload::StatementRecorded(self.statement(statement)),
                Some(corrected) => Payload::StatementCorrected(payload::Correction {
                    corrects: self.statement_seq(corrected),
                    keeps_disputes: statement.keeps_disputes,
                    reason: statement.reason.clone(),
                    statement: self.statement(statement),
                }),
            },
            Item::AddedEvidence(_, addition) => Payload::EvidenceAdded(payload::Addition {
                evidence: self.evidence(&addition.evidence),
                statement: self.statement_seq(&addition.statement),
            }),
            Item::Review(_, review) => Payload::ReviewRecorded(payload::Review {
                initiative: self.seq(INITIATIVE_KEY),
                note: review.note.clone(),
                requested_state: match &review.subject {
                    document::Subject::Relationship(code) => Some(code.clone()),
                    document::Subject::Country(_) | document::Subject::Initiative(_) => None,
                },
                reviewed_on: Some(review.reviewed_on.clone()),
            }),
            Item::Edition(edition) => Payload::EditionImported(payload::Edition {
                edition: (*edition).to_owned(),
                initiative: self.seq(INITIATIVE_KEY),
            }),
            Item::Retraction(_, retraction) => Payload::StatementRetracted(payload::Retraction {
                reason: retraction.reason.clone(),
                statement: self.statement_seq(&retraction.statement),
            }),
        }
    }

    fn evidence(&self, items: &[document::Evidence]) -> Vec<payload::Evidence> {
        let evidence = items.iter().map(|item| payload::Evidence {
            source: self.source(&item.source),
            relation: item.relation,
            quote: item.quote.clone(),
            locator: item.locator.clone(),
            published_on: item.published_on.clone(),
        });
        evidence.collect()
    }

    fn statement(&self, statement: &document::Statement) -> payload::Statement {
        payload::Statement {
            subject: self.subject(&statement.subject),
            claimant: statement.claimant.clone(),
            valid_from: statement.valid_from.clone(),
            summary: statement.summary.clone(),
            body: statement.body.clone(),
            evidence: self.evidence(&statement.evidence),
            contradicts: statement
                .contradicts
                .iter()
                .map(|key| self.statement_seq(key))
                .collect(),
            note: statement.note.clone(),
        }
    }

    fn subject(&self, subject: &document::Subject) -> payload::Subject {
        let initiative = self.seq(INITIATIVE_KEY);
        match subject {
            document::Subject::Relationship(code) => payload::Subject::Relationship {
                initiative,
                requested_state: code.clone(),
            },
            document::Subject::Country(code) => payload::Subject::Country(code.clone()),
            document::Subject::Initiative(_) => payload::Subject::Initiative(initiative),
        }
    }

    fn source_data(&self, source: &document::Source) -> payload::Source {
        payload::Source {
            kind: source.kind,
            publisher: source.publisher.clone(),
            title: source.title.clone(),
            url: source.url.clone(),
            published_on: source.published_on.clone(),
            language: Some(source.language.clone()),
            derived_from: source.derived_from.as_ref().map(|key| self.source(key)),
        }
    }

    /// The seq of the correction of the same source before this one, or of the source.
    fn corrected_version(&self, index: usize, correction: &document::SourceCorrection) -> i64 {
        match self.earlier_corrections.get(&index) {
            Some(key) => self.seq(&item::source_correction_key(key)),
            None => self.source(&correction.source),
        }
    }

    fn source(&self, key: &str) -> i64 {
        self.seq(&source_key(key))
    }

    fn statement_seq(&self, key: &str) -> i64 {
        self.seq(&statement_key(key))
    }

    /// The document references earlier items only; an unknown key would give seq 0, which no entry has.
    fn seq(&self, key: &str) -> i64 {
        self.seqs.get(key).copied().unwrap_or_default()
    }
}

fn list_earlier_corrections(corrections: &[document::SourceCorrection]) -> HashMap<usize, &str> {
    let mut last: HashMap<&str, &str> = HashMap::new();
    let corrections = corrections.iter().enumerate();
    corrections
        .filter_map(|(index, one)| Some((index, last.insert(&one.source, &one.key)?)))
        .collect()
}
