//! Taking in an import document: its rows become ledger entries in the order in which they became public.
//!
//! Keys are the document's own: the same document again records nothing, an item with another content than before is
//! refused. Transactions hold a thousand entries at most; an interrupted import is continued by running it again.

use std::collections::{BTreeMap, HashMap};

use sea_orm::DatabaseConnection;

use super::append::append;
use super::command::Command;
use super::document::{self, Document};
use super::export::PAGE;
use super::payload::{self, Payload};
use super::writer::Clock;
use crate::database;
use crate::error::{Error, Result};
use crate::model::statement::StatementKind;

/// Whom the ledger names for imported entries.
pub const ACTOR: &str = "import";

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
        imported: Imported::default(),
    };
    let items: Vec<Item<'_>> = items(document).collect();
    for chunk in items.chunks(usize::try_from(PAGE).unwrap_or(usize::MAX)) {
        let txn = database::begin(writer).await?;
        for item in chunk {
            run.record(&txn, item)
                .await
                .map_err(|error| locate(error, item))?;
        }
        txn.commit().await?;
    }
    Ok(run.imported)
}

enum Item<'d> {
    Initiative(&'d document::Initiative),
    Source(&'d document::Source),
    Statement(usize, &'d document::Statement),
}

fn items(document: &Document) -> impl Iterator<Item = Item<'_>> {
    let statements = document
        .statements
        .iter()
        .enumerate()
        .map(|(at, statement)| Item::Statement(at, statement));
    [Item::Initiative(&document.initiative)]
        .into_iter()
        .chain(document.sources.iter().map(Item::Source))
        .chain(statements)
}

impl Item<'_> {
    /// What the item is called within its document.
    fn key(&self) -> String {
        match self {
            Self::Initiative(_) => "initiative".to_owned(),
            Self::Source(source) => format!("source/{}", source.key),
            Self::Statement(_, statement) => format!("statement/{}", statement.key),
        }
    }

    fn path(&self) -> String {
        match self {
            Self::Initiative(_) => "initiative".to_owned(),
            Self::Source(source) => format!("source {}", source.key),
            Self::Statement(at, statement) => format!("statements[{at}] ({})", statement.key),
        }
    }

    fn kind(&self) -> String {
        match self {
            Self::Initiative(_) => "initiative".to_owned(),
            Self::Source(_) => "source".to_owned(),
            Self::Statement(_, statement) => {
                let kind: StatementKind = statement.body.kind();
                format!("{} statement", kind.as_ref().to_lowercase())
            }
        }
    }
}

struct Run<'d> {
    slug: &'d str,
    clock: &'d Clock,
    /// The entry of each item so far, by its key.
    seqs: HashMap<String, i64>,
    imported: Imported,
}

impl Run<'_> {
    async fn record(&mut self, txn: &sea_orm::DatabaseTransaction, item: &Item<'_>) -> Result<()> {
        let now = (self.clock)();
        let key = item.key();
        let command = Command::new(
            ACTOR,
            &format!("{}/{key}", self.slug),
            self.payload(item),
            now.day(),
        )?;
        let before = super::head::load(txn).await?.seq;
        let entry = append(txn, &command, now).await?;
        self.seqs.insert(key, entry.seq);
        let counts = if entry.seq > before {
            &mut self.imported.recorded
        } else {
            &mut self.imported.present
        };
        *counts.entry(item.kind()).or_default() += 1;
        Ok(())
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

/// Says which item of the document is at fault, in place of the input of a mutation.
fn locate(error: Error, item: &Item<'_>) -> Error {
    let place = |field: String| {
        format!(
            "{}{}",
            item.path(),
            field.strip_prefix("input").unwrap_or_default()
        )
    };
    match error {
        Error::BadUserInput { field, message } => Error::bad_input(place(field), message),
        Error::Conflict { field, message } => Error::conflict(place(field), message),
        Error::NotFound { what, id, field } => {
            Error::unknown(place(field.unwrap_or_default()), what, id)
        }
        other => other,
    }
}
