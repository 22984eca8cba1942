//! Taking in an import document: its rows become ledger entries in the order in which they became public.
//!
//! Keys are the document's own: the same document again records nothing, an item with another content than before is
//! refused. Transactions hold a chunk of it; an interrupted import is continued by running it again.

pub mod document;
mod item;

use std::collections::{BTreeMap, HashMap};

use sea_orm::{DatabaseConnection, DatabaseTransaction};

use super::append::append;
use super::batch::{Batch, Known};
use super::command::Command;
use super::payload::{self, Payload};
use super::writer::Clock;
use crate::database;
use crate::error::Result;
use crate::model::time::Instant;
use document::Document;
use item::Item;

/// Whom the ledger names for imported entries.
pub const ACTOR: &str = "import";
/// Items in one transaction; a server that writes at the same time waits for one.
const CHUNK: usize = 2_000;

/// What an import did, by what the document calls its items.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Items recorded now.
    pub recorded: BTreeMap<String, u32>,
    /// Items that were recorded before.
    pub present: BTreeMap<String, u32>,
}

/// Records what is not yet recorded of a document.
/// # Errors
/// The first item that cannot be recorded, by its path in the document; the transaction it is in is undone.
pub async fn import(
    writer: &DatabaseConnection,
    document: &Document,
    clock: &Clock,
) -> Result<Imported> {
    let mut run = Run {
        slug: &document.initiative.slug,
        clock,
        seqs: HashMap::new(),
        known: None,
        imported: Imported::default(),
    };
    let items: Vec<Item<'_>> = item::list(document).collect();
    for chunk in items.chunks(CHUNK) {
        let txn = database::begin(writer).await?;
        run.record(&txn, chunk).await?;
        database::commit(writer, txn).await?;
    }
    Ok(run.imported)
}

struct Run<'d> {
    slug: &'d str,
    clock: &'d Clock,
    /// The entry of each item so far, by its key.
    seqs: HashMap<String, i64>,
    /// What the chunks before have loaded and made.
    known: Option<Known>,
    imported: Imported,
}

impl Run<'_> {
    async fn record(&mut self, txn: &DatabaseTransaction, chunk: &[Item<'_>]) -> Result<()> {
        let mut batch = Batch::begin(txn, self.known.take()).await?;
        let keys: Vec<String> = chunk
            .iter()
            .map(|item| self.idempotency_key(item))
            .collect();
        let borrowed: Vec<&str> = keys.iter().map(String::as_str).collect();
        batch.load_recorded(txn, ACTOR, &borrowed).await?;
        let before = batch.known.head.seq;
        self.number(&batch, chunk, &keys);
        let commands: Vec<_> = chunk
            .iter()
            .zip(&keys)
            .map(|(item, key)| self.command(item, key))
            .collect();
        let good = commands.iter().flatten();
        let payloads = good.map(|(command, _)| &command.payload);
        batch.load_references(txn, payloads).await?;
        for (item, command) in chunk.iter().zip(commands) {
            let entry = command.and_then(|(command, now)| append(&mut batch, &command, now));
            let entry = entry.map_err(|error| item::locate(error, item))?;
            let counts = if entry.seq > before {
                &mut self.imported.recorded
            } else {
                &mut self.imported.present
            };
            *counts.entry(item.kind()).or_default() += 1;
        }
        self.known = Some(batch.write(txn).await?);
        Ok(())
    }

    fn idempotency_key(&self, item: &Item<'_>) -> String {
        format!("{}/{}", self.slug, item.key())
    }

    /// Says which entry each item is, or will be: nobody else writes before this transaction ends, and the first
    /// refusal ends the import, so new ones follow each other.
    fn number(&mut self, batch: &Batch, chunk: &[Item<'_>], keys: &[String]) {
        let mut last = batch.known.head.seq;
        for (item, key) in chunk.iter().zip(keys) {
            let seq = batch.find_recorded(ACTOR, key).map_or_else(
                || {
                    last += 1;
                    last
                },
                |entry| entry.seq,
            );
            self.seqs.insert(item.key(), seq);
        }
    }

    fn command(&self, item: &Item<'_>, key: &str) -> Result<(Command, Instant)> {
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
            Item::Source(source) => Payload::SourceRegistered(payload::Source {
                kind: source.kind,
                publisher: source.publisher.clone(),
                title: source.title.clone(),
                url: source.url.clone(),
                published_on: source.published_on.clone(),
                language: Some(source.language.clone()),
                derived_from: source.derived_from.as_ref().map(|key| self.source(key)),
            }),
            Item::Statement(_, statement) => match &statement.corrects {
                None => Payload::StatementRecorded(self.statement(statement)),
                Some(corrected) => Payload::StatementCorrected(payload::Correction {
                    corrects: self.statement_seq(corrected),
                    reason: None,
                    statement: self.statement(statement),
                }),
            },
        }
    }

    fn statement(&self, statement: &document::Statement) -> payload::Statement {
        let evidence = statement.evidence.iter().map(|one| payload::Evidence {
            source: self.source(&one.source),
            relation: one.relation,
            quote: one.quote.clone(),
            locator: one.locator.clone(),
        });
        payload::Statement {
            subject: self.subject(&statement.subject),
            claimant: statement.claimant.clone(),
            valid_from: statement.valid_from.clone(),
            summary: statement.summary.clone(),
            body: statement.body.clone(),
            evidence: evidence.collect(),
            contradicts: statement
                .contradicts
                .iter()
                .map(|key| self.statement_seq(key))
                .collect(),
            note: statement.note.clone(),
        }
    }

    fn subject(&self, subject: &document::Subject) -> payload::Subject {
        let initiative = self.seq("initiative");
        match subject {
            document::Subject::Relationship(code) => payload::Subject::Relationship {
                initiative,
                requested_state: code.clone(),
            },
            document::Subject::Country(code) => payload::Subject::Country(code.clone()),
            document::Subject::Initiative(_) => payload::Subject::Initiative(initiative),
        }
    }

    fn source(&self, key: &str) -> i64 {
        self.seq(&format!("source/{key}"))
    }

    fn statement_seq(&self, key: &str) -> i64 {
        self.seq(&format!("statement/{key}"))
    }

    /// The document names only items that stand before; a key it does not hold would find entry 0, which is none.
    fn seq(&self, key: &str) -> i64 {
        self.seqs.get(key).copied().unwrap_or_default()
    }
}
