//! Loads the rows that entries reference, for all entries of a batch at once.
//!
//! A row that is not found stays absent; `preconditions` rejects the command then.

use std::collections::BTreeSet;

use entity::{initiative, ledger_entry, relationship, statement};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter};

use super::super::history;
use super::super::payload::Payload;
use super::references::References;
use super::{Batch, Existing};
use crate::database::value_set::{ValueSet, load_by_id};
use crate::error::{Error, Result};

impl Batch {
    /// Loads the entries that an actor recorded under any of these keys.
    pub(in crate::ledger) async fn load_existing(
        &mut self,
        txn: &impl ConnectionTrait,
        actor: &str,
        keys: &[&str],
    ) -> Result<()> {
        let keys = ValueSet::of_texts(keys);
        let select = ledger_entry::Entity::find()
            .filter(ledger_entry::Column::Actor.eq(actor))
            .filter(keys.contains(ledger_entry::Column::IdempotencyKey.into_expr()));
        let entries = self.existing.entry(actor.to_owned()).or_default();
        for entry in select.all(txn).await? {
            let key = entry.idempotency_key.clone();
            entries.insert(key, Existing::Stored(entry));
        }
        Ok(())
    }

    /// Loads the rows that payloads reference, and the histories that they change, unless they are cached.
    pub(in crate::ledger) async fn load_references<'p>(
        &mut self,
        txn: &impl ConnectionTrait,
        payloads: impl IntoIterator<Item = &'p Payload>,
    ) -> Result<()> {
        let mut references = References::default();
        for payload in payloads {
            references.add(payload);
        }
        self.load_initiatives(txn, &references).await?;
        self.load_sources(txn, &references).await?;
        self.load_statements(txn, &references.statements).await?;
        let changed = references.changed.iter();
        let changed: Vec<&statement::Model> =
            changed.filter_map(|id| self.statements.get(id)).collect();
        let corrected = changed.iter().filter_map(|row| row.corrects).collect();
        let mut ids: BTreeSet<i64> = changed
            .iter()
            .filter_map(|row| row.relationship_id)
            .collect();
        self.load_statements(txn, &corrected).await?;
        ids.retain(|id| !self.cache.has_relationship(*id));
        let ids: Vec<i64> = ids.into_iter().collect();
        let mut rows =
            load_by_id::<relationship::Entity>(txn, relationship::Column::Id, ids).await?;
        for (initiative, states) in &references.ends {
            rows.extend(self.list_relationships(txn, *initiative, states).await?);
        }
        self.load_histories(txn, rows).await?;
        self.load_facts(txn, &references.changed).await
    }

    async fn load_initiatives(
        &mut self,
        txn: &impl ConnectionTrait,
        references: &References<'_>,
    ) -> Result<()> {
        let is_cached = |id: &i64| self.cache.initiatives.contains_key(id);
        let ids = self.missing_ids(&references.initiatives, is_cached);
        let slugs: Vec<&str> = references.slugs.iter().copied().collect();
        let mut rows = load_by_id::<initiative::Entity>(txn, initiative::Column::Id, ids).await?;
        if !slugs.is_empty() {
            let slugs = ValueSet::of_texts(slugs).contains(initiative::Column::Slug.into_expr());
            rows.extend(initiative::Entity::find().filter(slugs).all(txn).await?);
        }
        let rows = rows.into_iter().map(|row| (row.id, row));
        self.cache.initiatives.extend(rows);
        Ok(())
    }

    pub(super) async fn load_statements(
        &mut self,
        txn: &impl ConnectionTrait,
        ids: &BTreeSet<i64>,
    ) -> Result<()> {
        let ids = self.missing_ids(ids, |id| self.statements.contains_key(id));
        let rows = load_by_id::<statement::Entity>(txn, statement::Column::Id, ids).await?;
        self.statements
            .extend(rows.into_iter().map(|row| (row.id, row)));
        Ok(())
    }

    /// The ids that are in the database and not loaded.
    pub(super) fn missing_ids(
        &self,
        ids: &BTreeSet<i64>,
        is_loaded: impl Fn(&i64) -> bool,
    ) -> Vec<i64> {
        let ids = ids.iter().copied();
        ids.filter(|id| *id <= self.start_seq && !is_loaded(id))
            .collect()
    }

    /// The relationships of an initiative with these requested states that are not cached.
    async fn list_relationships(
        &self,
        txn: &impl ConnectionTrait,
        initiative: i64,
        states: &BTreeSet<&str>,
    ) -> Result<Vec<relationship::Model>> {
        let is_missing = |state: &&str| self.cache.find_relationship(initiative, state).is_none();
        let states: Vec<&str> = states.iter().copied().filter(is_missing).collect();
        let Some(row) = self.cache.initiatives.get(&initiative) else {
            return Ok(Vec::new());
        };
        if states.is_empty() {
            return Ok(Vec::new());
        }
        let states = ValueSet::of_texts(states);
        let ends = Condition::all()
            .add(relationship::Column::InitiativeId.eq(initiative))
            .add(relationship::Column::RequestingState.eq(&row.requesting_state))
            .add(states.contains(relationship::Column::RequestedState.into_expr()));
        Ok(relationship::Entity::find().filter(ends).all(txn).await?)
    }

    async fn load_histories(
        &mut self,
        txn: &impl ConnectionTrait,
        rows: Vec<relationship::Model>,
    ) -> Result<()> {
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        let mut histories = history::load(txn, &ids).await?;
        for row in rows {
            if !self.cache.has_relationship(row.id) {
                let history = histories.remove(&row.id).unwrap_or_default();
                self.cache.add_relationship(row, history);
            }
        }
        Ok(())
    }

    /// Loads the facts of stored statements that are not about a relationship.
    async fn load_facts(&mut self, txn: &impl ConnectionTrait, ids: &BTreeSet<i64>) -> Result<()> {
        let rows = ids.iter().filter_map(|id| self.statements.get(id));
        let rows: Vec<statement::Model> = rows
            .filter(|row| row.relationship_id.is_none())
            .cloned()
            .collect();
        let facts = history::load_facts(txn, &rows).await?;
        for fact in &facts {
            self.facts.merge(fact).map_err(Error::internal)?;
        }
        Ok(())
    }
}
