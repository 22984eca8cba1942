//! Entries of one transaction: decided in memory, one after the other, and written together.
//!
//! What the entries refer to is loaded first (`mod load`), in a few statements however many they are. Then nothing asks
//! the database until every row is written (`mod write`), each table in as few statements as it takes. Rows come out as
//! if each entry had a transaction of its own. A batch that failed is of no use: undo its transaction and drop it.

mod cache;
mod flush;
mod load;
mod references;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use entity::{
    contradiction, evidence, initiative, ledger_entry, relationship, source, stance_change,
    statement,
};
use sea_orm::ConnectionTrait;

use super::bulk_insert::Words;
use super::head;
use crate::error::{Error, Result};
use crate::model::position::Fact;
pub(super) use cache::{KNOWN, Known};

pub(super) struct Batch {
    pub(super) known: Known,
    /// The seq of the head when the batch began: rows of entries up to it are stored, later ones are not yet.
    begun: i64,
    /// By actor and idempotency key.
    recorded: HashMap<String, HashMap<String, Recorded>>,
    /// Those that entries of the batch refer to or make, as they will stand.
    statements: BTreeMap<i64, statement::Model>,
    /// Of statements about no relationship; the others are in their relationship's history.
    facts: HashMap<i64, Fact>,
    /// Stored statements and relationships, or new ones, that are no longer as they are stored.
    changed_statements: BTreeSet<i64>,
    changed_relationships: BTreeSet<i64>,
    new: New,
}

enum Recorded {
    Before(ledger_entry::Model),
    /// The place among the batch's own entries.
    Now(usize),
}

/// Rows that are only ever added, in the order of their entries.
#[derive(Default)]
pub(super) struct New {
    entries: Vec<ledger_entry::Model>,
    pub(super) initiatives: Vec<initiative::Model>,
    pub(super) sources: Vec<source::Model>,
    pub(super) evidence: Vec<evidence::Model>,
    pub(super) contradictions: Vec<contradiction::Model>,
    pub(super) changes: Vec<stance_change::Model>,
    pub(super) words: Vec<Words>,
}

impl Batch {
    /// `kept` is what an earlier batch knew; it serves as long as nobody else has written since.
    pub(super) async fn begin(txn: &impl ConnectionTrait, kept: Option<Known>) -> Result<Self> {
        let head = head::lock(txn).await?;
        let known = kept.filter(|known| known.head == head);
        Ok(Self {
            begun: head.seq,
            known: known.unwrap_or_else(|| Known::new(head)),
            recorded: HashMap::new(),
            statements: BTreeMap::new(),
            facts: HashMap::new(),
            changed_statements: BTreeSet::new(),
            changed_relationships: BTreeSet::new(),
            new: New::default(),
        })
    }

    /// Adds the entry that follows the head. The rows that follow from it were added before.
    pub(super) fn push(&mut self, entry: ledger_entry::Model) -> &ledger_entry::Model {
        let head = &mut self.known.head;
        head.seq = entry.seq;
        head.hash.clone_from(&entry.hash);
        head.recorded_at = Some(entry.recorded_at);
        let place = Recorded::Now(self.new.entries.len());
        let keys = self.recorded.entry(entry.actor.clone()).or_default();
        keys.insert(entry.idempotency_key.clone(), place);
        self.new.entries.push(entry);
        &self.new.entries[self.new.entries.len() - 1]
    }

    /// The entry that an actor recorded under a key, of those that were loaded or taken on.
    pub(super) fn find_recorded(&self, actor: &str, key: &str) -> Option<&ledger_entry::Model> {
        Some(match self.recorded.get(actor)?.get(key)? {
            Recorded::Before(entry) => entry,
            Recorded::Now(at) => &self.new.entries[*at],
        })
    }

    pub(super) fn new_rows(&mut self) -> &mut New {
        &mut self.new
    }

    pub(super) fn find_statement(&self, id: i64) -> Option<&statement::Model> {
        self.statements.get(&id)
    }

    /// A statement to be changed.
    pub(super) fn change_statement(&mut self, id: i64) -> Result<&mut statement::Model> {
        self.changed_statements.insert(id);
        let found = self.statements.get_mut(&id);
        found.ok_or_else(|| Error::internal(format!("statement {id} vanished")))
    }

    pub(super) fn change_relationship(&mut self, id: i64) -> Result<&mut relationship::Model> {
        self.changed_relationships.insert(id);
        Ok(&mut self.known.relationship(id)?.row)
    }

    /// Adds a statement that is new, and its fact to the history it belongs to.
    pub(super) fn add_statement(&mut self, row: statement::Model, fact: Fact) -> Result<()> {
        match row.relationship_id {
            Some(id) => self.known.relationship(id)?.history.push(fact),
            None => drop(self.facts.insert(row.id, fact)),
        }
        self.statements.insert(row.id, row);
        Ok(())
    }

    /// What the fold knows of a statement.
    pub(super) fn fact(&mut self, statement: i64) -> Result<&mut Fact> {
        let vanished = || Error::internal(format!("the facts of statement {statement} vanished"));
        let row = self.statements.get(&statement).ok_or_else(vanished)?;
        match row.relationship_id {
            Some(id) => {
                let history = &mut self.known.relationship(id)?.history;
                let found = history.binary_search_by_key(&statement, |fact| fact.id);
                found.map(|at| &mut history[at]).map_err(|_| vanished())
            }
            None => self.facts.get_mut(&statement).ok_or_else(vanished),
        }
    }
}
