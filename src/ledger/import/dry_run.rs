//! A dry run: what an import of a document would record and change, determined in memory. Nothing is written or locked.

use std::collections::{HashMap, HashSet};

use entity::stance_change;
use sea_orm::DatabaseConnection;

use super::document::{Document, DocumentError};
use super::item::{self, Item};
use super::{ACTOR, ImportSummary, Importer, edition};
use crate::database;
use crate::error::{Error, Result};
use crate::ledger::append::append;
use crate::ledger::batch::Batch;
use crate::ledger::head;
use crate::ledger::write_health::ClockCheck;
use crate::model::time::ClockFn;

/// What an import would do.
#[derive(Debug)]
pub struct DryRun {
    pub summary: ImportSummary,
    /// In the order of the document. The seqs are those that the entries would have.
    pub changes: Vec<PlannedChange>,
    /// Every item that would be rejected, except those that reference one of them.
    pub errors: Vec<DocumentError>,
}

/// A stance change, with the path of the statement that would cause it.
#[derive(Debug)]
pub struct PlannedChange {
    pub path: String,
    pub change: stance_change::Model,
}

/// Applies a document to a snapshot of the ledger.
/// # Errors
/// `Error::ClockBehind`, or an error of the database. What is wrong with the document is part of the result.
pub async fn dry_run(
    reader: &DatabaseConnection,
    document: &Document,
    clock: &ClockFn,
) -> Result<DryRun> {
    let snapshot = database::begin_snapshot(reader).await?;
    let mut batch = Batch::replay(head::load_head(&snapshot).await?);
    let mut importer = Importer::new(document, clock, ClockCheck::Refuse);
    importer.count_recorded(document);
    let items: Vec<Item<'_>> = item::list_items(document).collect();
    let edition = edition::check(&snapshot, document, &importer, &items).await;
    let of_edition = edition.map_or_else(rejections, |()| Ok(Vec::new()))?;
    let keys = importer.idempotency_keys(&items);
    let key_refs: Vec<&str> = keys.iter().map(String::as_str).collect();
    batch.load_existing(&snapshot, ACTOR, &key_refs).await?;
    importer.assign_seqs(&batch, &items, &keys);
    let payloads: Vec<_> = items.iter().map(|item| importer.payload(item)).collect();
    batch.load_references(&snapshot, &payloads).await?;
    let mut errors = append_all(&mut importer, &mut batch, &items, &keys)?;
    errors.extend(of_edition);
    let changes = std::mem::take(&mut batch.new_rows().changes);
    Ok(DryRun {
        changes: with_paths(changes, &importer, &items),
        summary: importer.summary,
        errors,
    })
}

fn append_all(
    importer: &mut Importer<'_>,
    batch: &mut Batch,
    items: &[Item<'_>],
    keys: &[String],
) -> Result<Vec<DocumentError>> {
    let mut errors = Vec::new();
    let mut rejected = HashSet::new();
    for (item, key) in items.iter().zip(keys) {
        let stored = batch.find_existing(ACTOR, key).map(|entry| entry.seq);
        let is_consequence = item
            .references()
            .iter()
            .any(|other| rejected.contains(other));
        if is_consequence {
            importer.seqs.remove(&item.key());
            rejected.insert(item.key());
            continue;
        }
        // After a rejected item, later ones move up.
        let seq = stored.unwrap_or(batch.cache.head.seq + 1);
        importer.seqs.insert(item.key(), seq);
        let entry = importer
            .command(item, key)
            .and_then(|(command, now)| append(batch, &command, now, importer.clock_check));
        match entry {
            Ok(_) => importer.count(item, stored.is_none()),
            Err(error) => {
                errors.extend(rejections(item::with_item_path(error, item))?);
                if stored.is_none() {
                    importer.seqs.remove(&item.key());
                    rejected.insert(item.key());
                }
            }
        }
    }
    Ok(errors)
}

/// # Errors
/// Any error that is not about the item.
fn rejections(error: Error) -> Result<Vec<DocumentError>> {
    match error {
        Error::InputErrors(errors) => errors.into_iter().map(rejection).collect(),
        error => rejection(error).map(|rejection| vec![rejection]),
    }
}

/// # Errors
/// Any error that is not about the item.
fn rejection(error: Error) -> Result<DocumentError> {
    let text = error.to_string();
    let (path, message) = match error {
        Error::BadUserInput { field, message } | Error::Conflict { field, message } => {
            (field, message)
        }
        Error::NotFound {
            field: Some(field), ..
        } => (field, text),
        other => return Err(other),
    };
    Ok(DocumentError {
        path,
        message,
        line: None,
    })
}

fn with_paths(
    changes: Vec<stance_change::Model>,
    importer: &Importer<'_>,
    items: &[Item<'_>],
) -> Vec<PlannedChange> {
    let seq_of = |item: &Item<'_>| importer.seqs.get(&item.key()).copied();
    let by_seq = items.iter().filter_map(|item| Some((seq_of(item)?, item)));
    let by_seq: HashMap<i64, &Item<'_>> = by_seq.collect();
    let changes = changes.into_iter().map(|change| PlannedChange {
        path: by_seq
            .get(&change.seq)
            .map(|item| item.path())
            .unwrap_or_default(),
        change,
    });
    changes.collect()
}
