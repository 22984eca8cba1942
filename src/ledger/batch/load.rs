//! Loads the rows that entries reference, for all entries of a batch at once.
//!
//! A row that is not found stays absent; `preconditions` rejects the command then.

use std::collections::BTreeSet;

use entity::{initiative, ledger_entry, relationship, source, statement};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Value,
};

use super::super::history;
use super::super::payload::Payload;
use super::references::References;
use super::{Batch, Existing};
use crate::error::{Error, Result};

impl Batch {
    /// Loads the entries that an actor recorded under any of these keys.
    pub(in crate::ledger) async fn load_existing(
        &mut self,
        txn: &impl ConnectionTrait,
        actor: &str,
        keys: &[&str],
    ) -> Result<()> {
        for keys in keys.chunks(MAX_KEYS) {
            let select = ledger_entry::Entity::find()
                .filter(ledger_entry::Column::Actor.eq(actor))
                .filter(ledger_entry::Column::IdempotencyKey.is_in(pad_keys(keys)));
            let entries = self.existing.entry(actor.to_owned()).or_default();
            for entry in select.all(txn).await? {
                let key = entry.idempotency_key.clone();
                entries.insert(key, Existing::Stored(entry));
            }
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
        self.load_sources(txn, &references.sources).await?;
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
            load_by_key::<relationship::Entity, _>(txn, relationship::Column::Id, &ids).await?;
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
        let mut rows =
            load_by_key::<initiative::Entity, _>(txn, initiative::Column::Id, &ids).await?;
        rows.extend(
            load_by_key::<initiative::Entity, _>(txn, initiative::Column::Slug, &slugs).await?,
        );
        let rows = rows.into_iter().map(|row| (row.id, row));
        self.cache.initiatives.extend(rows);
        Ok(())
    }

    async fn load_sources(
        &mut self,
        txn: &impl ConnectionTrait,
        ids: &BTreeSet<i64>,
    ) -> Result<()> {
        let ids = self.missing_ids(ids, |id| self.cache.sources.contains_key(id));
        for ids in ids.chunks(MAX_KEYS) {
            let select = source::Entity::find()
                .select_only()
                .columns([source::Column::Id, source::Column::PublicOn])
                .filter(source::Column::Id.is_in(pad_keys(ids)));
            let days: Vec<(i64, Option<String>)> = select.into_tuple().all(txn).await?;
            self.cache.sources.extend(days);
        }
        Ok(())
    }

    async fn load_statements(
        &mut self,
        txn: &impl ConnectionTrait,
        ids: &BTreeSet<i64>,
    ) -> Result<()> {
        let ids = self.missing_ids(ids, |id| self.statements.contains_key(id));
        let rows = load_by_key::<statement::Entity, _>(txn, statement::Column::Id, &ids).await?;
        self.statements
            .extend(rows.into_iter().map(|row| (row.id, row)));
        Ok(())
    }

    /// The ids that are in the database and not loaded.
    fn missing_ids(&self, ids: &BTreeSet<i64>, is_loaded: impl Fn(&i64) -> bool) -> Vec<i64> {
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
        let ends = Condition::all()
            .add(relationship::Column::InitiativeId.eq(initiative))
            .add(relationship::Column::RequestingState.eq(&row.requesting_state))
            .add(relationship::Column::RequestedState.is_in(pad_keys(&states)));
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

/// Keys in one SQL statement: below SQLite's limit of 32,766 parameters.
const MAX_KEYS: usize = 16_384;

async fn load_by_key<E: EntityTrait, K: Into<Value> + Copy>(
    txn: &impl ConnectionTrait,
    column: E::Column,
    keys: &[K],
) -> Result<Vec<E::Model>> {
    let mut rows = Vec::new();
    for keys in keys.chunks(MAX_KEYS) {
        let select = E::find().filter(column.is_in(pad_keys(keys)));
        rows.extend(select.all(txn).await?);
    }
    Ok(rows)
}

/// Pads keys to a power of two with the last of them, so that there are few statement texts, each prepared once.
fn pad_keys<K: Copy>(keys: &[K]) -> impl Iterator<Item = K> {
    let missing = keys.len().next_power_of_two() - keys.len();
    let last = keys.last().copied();
    keys.iter()
        .copied()
        .chain(last.into_iter().cycle().take(missing))
}
