//! Batch: the entries of one transaction, applied in memory one after the other and written together.
//!
//! `mod load` loads the rows that the entries reference, in a few statements for any number of entries. No statement runs
//! then until `mod flush` writes every row, each table in few statements. Invariant: the rows are those that a transaction
//! per entry would give. After an error the batch is unusable: roll back its transaction and drop it.

mod cache;
mod committed_group;
mod flush;
mod load;
mod load_sources;
mod references;
mod replay;
mod sources;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use entity::{
    contradiction, edition, evidence, initiative, ledger_entry, relationship, review, source,
    source_publication, stance_change, statement,
};
use sea_orm::ConnectionTrait;

use super::head;
use super::search_index::SearchText;
use crate::error::{Error, Result};
use crate::model::position::Fact;
use crate::model::position::history::History;
pub(super) use cache::BatchCache;
pub(super) use references::References;
pub(super) use replay::ReplayedRows;
pub(super) use sources::{Citation, SourceState};

pub(super) struct Batch {
    pub(super) cache: BatchCache,
    /// The seq of the head at the start of the batch: rows of entries up to it are stored, those of later ones are not yet.
    start_seq: i64,
    /// By actor and idempotency key.
    existing: HashMap<String, HashMap<String, Existing>>,
    /// The statements that entries of the batch reference or record, in their new state.
    statements: BTreeMap<i64, statement::Model>,
    /// Facts of statements that are not about a relationship, of all subjects; the others are in their relationship's history.
    facts: History,
    /// Ids of statements and relationships, stored or new, that the batch has changed.
    changed_statements: BTreeSet<i64>,
    changed_relationships: BTreeSet<i64>,
    /// The supporting evidence by statement: all of it for statements whose day of publication the batch may move.
    citations: BTreeMap<i64, Vec<Citation>>,
    /// The facts of its statements, if they are collected.
    new_facts: Option<Vec<Fact>>,
    new: NewRows,
}

enum Existing {
    Stored(ledger_entry::Model),
    /// Index among the new entries of the batch.
    InBatch(usize),
}

/// Rows of insert-only tables, in the order of their entries.
#[derive(Default)]
pub(super) struct NewRows {
    entries: Vec<ledger_entry::Model>,
    pub(super) initiatives: Vec<initiative::Model>,
    pub(super) sources: Vec<source::Model>,
    pub(super) source_publications: Vec<source_publication::Model>,
    pub(super) evidence: Vec<evidence::Model>,
    pub(super) contradictions: Vec<contradiction::Model>,
    pub(super) changes: Vec<stance_change::Model>,
    pub(super) reviews: Vec<review::Model>,
    pub(super) editions: Vec<edition::Model>,
    pub(super) search_texts: Vec<SearchText>,
}

impl Batch {
    /// `cached` is the cache of an earlier batch; it is used if no other process has written since.
    pub(super) async fn begin(
        txn: &impl ConnectionTrait,
        cached: Option<BatchCache>,
    ) -> Result<Self> {
        let head = head::lock(txn).await?;
        let cache = cached.filter(|cache| cache.head == head);
        Ok(Self::of_cache(
            cache.unwrap_or_else(|| BatchCache::new(head)),
        ))
    }

    fn of_cache(cache: BatchCache) -> Self {
        Self {
            start_seq: cache.head.seq,
            cache,
            existing: HashMap::new(),
            statements: BTreeMap::new(),
            facts: History::default(),
            changed_statements: BTreeSet::new(),
            changed_relationships: BTreeSet::new(),
            citations: BTreeMap::new(),
            new_facts: None,
            new: NewRows::default(),
        }
    }

    /// Adds the next entry. Its projected rows were added before.
    pub(super) fn push(&mut self, entry: ledger_entry::Model) -> &ledger_entry::Model {
        let head = &mut self.cache.head;
        head.seq = entry.seq;
        head.hash.clone_from(&entry.hash);
        head.recorded_at = Some(entry.recorded_at);
        let existing_entry = Existing::InBatch(self.new.entries.len());
        let keys = self.existing.entry(entry.actor.clone()).or_default();
        keys.insert(entry.idempotency_key.clone(), existing_entry);
        self.new.entries.push(entry);
        &self.new.entries[self.new.entries.len() - 1]
    }

    /// The entry that an actor recorded under a key, of those that were loaded or added.
    pub(super) fn find_existing(&self, actor: &str, key: &str) -> Option<&ledger_entry::Model> {
        Some(match self.existing.get(actor)?.get(key)? {
            Existing::Stored(entry) => entry,
            Existing::InBatch(index) => &self.new.entries[*index],
        })
    }

    pub(super) fn new_rows(&mut self) -> &mut NewRows {
        &mut self.new
    }

    /// The number of facts that it holds, and of pieces of evidence that corrections of sources may move.
    pub(super) fn loaded_facts(&self) -> u64 {
        let citations = self.citations.values().map(Vec::len);
        (self.cache.facts() + self.facts.len() + citations.sum::<usize>()) as u64
    }

    pub(super) fn find_statement(&self, id: i64) -> Option<&statement::Model> {
        self.statements.get(&id)
    }

    /// A statement, to change it.
    pub(super) fn change_statement(&mut self, id: i64) -> Result<&mut statement::Model> {
        self.changed_statements.insert(id);
        let statement = self.statements.get_mut(&id);
        statement.ok_or_else(|| Error::internal(format!("statement {id} is not loaded")))
    }

    pub(super) fn change_relationship(&mut self, id: i64) -> Result<&mut relationship::Model> {
        self.changed_relationships.insert(id);
        Ok(&mut self.cache.relationship(id)?.row)
    }

    /// Adds a new statement, and its fact to its relationship's history.
    pub(super) fn add_statement(&mut self, row: statement::Model, fact: &Fact) -> Result<()> {
        let id = row.id;
        self.collect_fact(fact);
        self.statements.insert(id, row);
        self.history(id)?.merge(fact).map_err(Error::internal)
    }

    /// The history that contains the fact of a statement.
    pub(super) fn history(&mut self, statement: i64) -> Result<&mut History> {
        let row = self.statements.get(&statement);
        let row =
            row.ok_or_else(|| Error::internal(format!("statement {statement} is not loaded")))?;
        match row.relationship_id {
            Some(id) => Ok(&mut self.cache.relationship(id)?.history),
            None => Ok(&mut self.facts),
        }
    }
}
