//! Loaders of sources, by the number of the first version: the newest version, all versions, and the corrections that concern a
//! statement.

use std::collections::{BTreeSet, HashMap};

use async_graphql::dataloader::Loader;
use entity::source::{self, Column, Entity, Model};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QueryTrait};

use super::LoaderContext;
use super::work_budget::SQL_ROW;
use crate::cache::tag::CacheTag;
use crate::database::value_set::ValueSet;
use crate::error::{Error, Result};
use crate::ledger::source_revisions;

/// Key: the newest version of a source, now or as of the pin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SourceId(pub i64);

/// Key: all versions of a source, in the order of recording; absent if there is no such source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VersionsOf(pub i64);

/// Key: the corrections of sources that concern a statement, in the order of recording; absent if there are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SourceCorrectionsOf(pub i64);

impl LoaderContext {
    /// The seq of the pin.
    pub(super) fn pin_seq(&self) -> Option<i64> {
        self.pin().map(|pin| pin.seq)
    }

    /// Records that a value depends on sources, or that one is missing and may be recorded later.
    fn record_sources(&self, found: &[Model], expected: usize) {
        if found.len() < expected {
            self.record_tags([CacheTag::Any]);
        }
        self.record_tags(found.iter().map(|row| CacheTag::Source(row.number())));
    }
}

impl Loader<SourceId> for LoaderContext {
    type Value = Model;
    type Error = Error;

    async fn load(&self, keys: &[SourceId]) -> Result<HashMap<SourceId, Model>> {
        let numbers = ValueSet::of_numbers(keys.iter().map(|key| key.0));
        let rows = Entity::find()
            .filter(numbers.contains(source::number()))
            .filter(source::is_newest(self.pin_seq()))
            .all(self.db([]))
            .await?;
        self.work().spend(SQL_ROW * rows.len() as u64)?;
        self.record_sources(&rows, keys.len());
        Ok(rows
            .into_iter()
            .map(|row| (SourceId(row.number()), row))
            .collect())
    }
}

impl Loader<VersionsOf> for LoaderContext {
    type Value = Vec<Model>;
    type Error = Error;

    async fn load(&self, keys: &[VersionsOf]) -> Result<HashMap<VersionsOf, Vec<Model>>> {
        let numbers = ValueSet::of_numbers(keys.iter().map(|key| key.0));
        let rows = Entity::find()
            .filter(numbers.contains(source::number()))
            .apply_if(self.pin_seq(), |q, seq| q.filter(Column::Id.lte(seq)))
            .order_by_asc(Column::Id)
            .all(self.db([]))
            .await?;
        self.work().spend(SQL_ROW * rows.len() as u64)?;
        self.record_sources(&rows, keys.len());
        let mut versions: HashMap<_, Vec<Model>> = HashMap::new();
        for row in rows {
            let of_source = versions.entry(VersionsOf(row.number())).or_default();
            of_source.push(row);
        }
        Ok(versions)
    }
}

impl Loader<SourceCorrectionsOf> for LoaderContext {
    type Value = BTreeSet<i64>;
    type Error = Error;

    async fn load(
        &self,
        keys: &[SourceCorrectionsOf],
    ) -> Result<HashMap<SourceCorrectionsOf, BTreeSet<i64>>> {
        let statements = ValueSet::of_numbers(keys.iter().map(|key| key.0));
        let pin = self.pin_seq();
        let is_seq = |seq: Expr| pin.map_or_else(|| Expr::val(true), |pin| seq.lte(pin));
        let db = self.db(keys.iter().map(|key| CacheTag::Statement(key.0)));
        let is_statement = |statement| statements.contains(statement);
        let revisions = source_revisions::list(db, is_seq, is_statement).await?;
        self.work().spend(SQL_ROW * revisions.len() as u64)?;
        let mut corrections: HashMap<_, BTreeSet<i64>> = HashMap::new();
        for revision in revisions {
            let of_statement = corrections
                .entry(SourceCorrectionsOf(revision.statement))
                .or_default();
            of_statement.insert(revision.seq);
        }
        Ok(corrections)
    }
}
