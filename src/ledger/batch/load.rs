//! Reading what entries refer to, for all entries of a batch at once.
//!
//! What is not found stays absent: it is for `check` to refuse.

use std::collections::BTreeSet;

use entity::{initiative, ledger_entry, relationship, source, statement};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Value,
};

use super::super::history;
use super::super::payload::Payload;
use super::references::Wanted;
use super::{Batch, Recorded};
use crate::error::Result;

impl Batch {
    /// Finds the entries that an actor recorded under any of these keys.
    pub(in crate::ledger) async fn load_recorded(
        &mut self,
        txn: &impl ConnectionTrait,
        actor: &str,
        keys: &[&str],
    ) -> Result<()> {
        for keys in keys.chunks(KEYS) {
            let found = ledger_entry::Entity::find()
                .filter(ledger_entry::Column::Actor.eq(actor))
                .filter(ledger_entry::Column::IdempotencyKey.is_in(padded(keys)));
            let entries = self.recorded.entry(actor.to_owned()).or_default();
            for entry in found.all(txn).await? {
                let key = entry.idempotency_key.clone();
                entries.insert(key, Recorded::Before(entry));
            }
        }
        Ok(())
    }

    /// Reads the rows that payloads name, and the histories that they change, unless they are known.
    pub(in crate::ledger) async fn load_references<'p>(
        &mut self,
        txn: &impl ConnectionTrait,
        payloads: impl IntoIterator<Item = &'p Payload>,
    ) -> Result<()> {
        let mut wanted = Wanted::default();
        for payload in payloads {
            wanted.add(payload);
        }
        self.load_initiatives(txn, &wanted).await?;
        self.load_sources(txn, &wanted.sources).await?;
        self.load_statements(txn, &wanted.statements).await?;
        let changed = wanted.changed.iter();
        let changed: Vec<&statement::Model> =
            changed.filter_map(|id| self.statements.get(id)).collect();
        let corrected = changed.iter().filter_map(|row| row.corrects).collect();
        let mut ids: BTreeSet<i64> = changed
            .iter()
            .filter_map(|row| row.relationship_id)
            .collect();
        self.load_statements(txn, &corrected).await?;
        ids.retain(|id| !self.known.holds_relationship(*id));
        let ids: Vec<i64> = ids.into_iter().collect();
        let mut rows =
            by_key::<relationship::Entity, _>(txn, relationship::Column::Id, &ids).await?;
        for (initiative, states) in &wanted.ends {
            rows.extend(self.list_relationships(txn, *initiative, states).await?);
        }
        self.load_histories(txn, rows).await?;
        self.load_facts(txn, &wanted.changed).await
    }

    async fn load_initiatives(
        &mut self,
        txn: &impl ConnectionTrait,
        wanted: &Wanted<'_>,
    ) -> Result<()> {
        let known = |id: &i64| self.known.initiatives.contains_key(id);
        let ids = self.stored(&wanted.initiatives, known);
        let slugs: Vec<&str> = wanted.slugs.iter().copied().collect();
        let mut rows = by_key::<initiative::Entity, _>(txn, initiative::Column::Id, &ids).await?;
        rows.extend(by_key::<initiative::Entity, _>(txn, initiative::Column::Slug, &slugs).await?);
        let rows = rows.into_iter().map(|row| (row.id, row));
        self.known.initiatives.extend(rows);
        Ok(())
    }

    async fn load_sources(
        &mut self,
        txn: &impl ConnectionTrait,
        ids: &BTreeSet<i64>,
    ) -> Result<()> {
        let ids = self.stored(ids, |id| self.known.sources.contains_key(id));
        for ids in ids.chunks(KEYS) {
            let select = source::Entity::find()
                .select_only()
                .columns([source::Column::Id, source::Column::PublicOn])
                .filter(source::Column::Id.is_in(padded(ids)));
            let days: Vec<(i64, Option<String>)> = select.into_tuple().all(txn).await?;
            self.known.sources.extend(days);
        }
        Ok(())
    }

    async fn load_statements(
        &mut self,
        txn: &impl ConnectionTrait,
        ids: &BTreeSet<i64>,
    ) -> Result<()> {
        let ids = self.stored(ids, |id| self.statements.contains_key(id));
        let rows = by_key::<statement::Entity, _>(txn, statement::Column::Id, &ids).await?;
        self.statements
            .extend(rows.into_iter().map(|row| (row.id, row)));
        Ok(())
    }

    /// Those that are in the database and not known.
    fn stored(&self, ids: &BTreeSet<i64>, is_known: impl Fn(&i64) -> bool) -> Vec<i64> {
        let ids = ids.iter().copied();
        ids.filter(|id| *id <= self.begun && !is_known(id))
            .collect()
    }

    /// Those of an initiative with these requested states that are not known.
    async fn list_relationships(
        &self,
        txn: &impl ConnectionTrait,
        initiative: i64,
        states: &BTreeSet<&str>,
    ) -> Result<Vec<relationship::Model>> {
        let unknown = |state: &&str| self.known.find_relationship(initiative, state).is_none();
        let states: Vec<&str> = states.iter().copied().filter(unknown).collect();
        let Some(row) = self.known.initiatives.get(&initiative) else {
            return Ok(Vec::new());
        };
        if states.is_empty() {
            return Ok(Vec::new());
        }
        let ends = Condition::all()
            .add(relationship::Column::InitiativeId.eq(initiative))
            .add(relationship::Column::RequestingState.eq(&row.requesting_state))
            .add(relationship::Column::RequestedState.is_in(padded(&states)));
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
            if !self.known.holds_relationship(row.id) {
                let history = histories.remove(&row.id).unwrap_or_default();
                self.known.add_relationship(row, history);
            }
        }
        Ok(())
    }

    /// The facts of stored statements about no relationship.
    async fn load_facts(&mut self, txn: &impl ConnectionTrait, ids: &BTreeSet<i64>) -> Result<()> {
        let rows = ids.iter().filter_map(|id| self.statements.get(id));
        let rows: Vec<statement::Model> = rows
            .filter(|row| row.relationship_id.is_none())
            .cloned()
            .collect();
        let facts = history::load_facts(txn, &rows).await?;
        self.facts
            .extend(facts.into_iter().map(|fact| (fact.id, fact)));
        Ok(())
    }
}

/// Keys of one statement: below the 32,766 parameters that SQLite binds.
const KEYS: usize = 16_384;

async fn by_key<E: EntityTrait, K: Into<Value> + Copy>(
    txn: &impl ConnectionTrait,
    column: E::Column,
    keys: &[K],
) -> Result<Vec<E::Model>> {
    let mut rows = Vec::new();
    for keys in keys.chunks(KEYS) {
        let select = E::find().filter(column.is_in(padded(keys)));
        rows.extend(select.all(txn).await?);
    }
    Ok(rows)
}

/// Keys filled up to a power of two with the last of them: a text for each number of keys would be prepared each time.
fn padded<K: Copy>(keys: &[K]) -> impl Iterator<Item = K> {
    let missing = keys.len().next_power_of_two() - keys.len();
    let last = keys.last().copied();
    keys.iter()
        .copied()
        .chain(last.into_iter().cycle().take(missing))
}
