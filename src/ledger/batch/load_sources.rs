//! Loads the sources that entries reference, and what corrections of them may move.

use std::collections::BTreeSet;

use entity::{evidence, source};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect,
    QueryTrait, Select,
};

use super::sources::SourceState;
use super::{Batch, References};
use crate::database::value_set::ValueSet;
use crate::error::Result;
use crate::model::statement::EvidenceRelation;

impl Batch {
    /// Loads the sources of references, unless they are cached; of a correction also all that it may move.
    pub(super) async fn load_sources(
        &mut self,
        txn: &impl ConnectionTrait,
        references: &References<'_>,
    ) -> Result<()> {
        self.load_numbers(txn, references.sources.clone()).await?;
        if !self.may_move(references) {
            return Ok(());
        }
        // A new source or version of the batch may stand between two of these.
        let derived = self.load_derived(txn, &references.sources).await?;
        self.load_originals(txn, references.sources.clone()).await?;
        let cited = self.list_citing(txn, derived).await?;
        let statements = cited.into_iter().chain(references.changed.iter().copied());
        self.load_citations(txn, statements.collect()).await
    }

    /// Whether a correction may move a day of publication, or make a source derive from itself.
    fn may_move(&self, references: &References<'_>) -> bool {
        let mut corrected = references.corrected_sources.iter();
        corrected.any(|(number, corrections)| {
            let state = self.cache.sources.find(*number);
            let stored = state.map(|state| (&state.newest.published_on, state.newest.derived_from));
            let mut data = corrections.iter();
            data.any(|data| stored != Some((&data.published_on, data.derived_from)))
        })
    }

    async fn load_numbers(
        &mut self,
        txn: &impl ConnectionTrait,
        numbers: BTreeSet<i64>,
    ) -> Result<()> {
        let ids = self.missing_ids(&numbers, |id| self.cache.sources.find(*id).is_some());
        if ids.is_empty() {
            return Ok(());
        }
        let select = select_newest().filter(ValueSet::of_numbers(ids).contains(source::number()));
        self.add_selected(txn, select).await.map(drop)
    }

    /// Loads the sources that derive from others; returns all of them, also those.
    async fn load_derived(
        &mut self,
        txn: &impl ConnectionTrait,
        sources: &BTreeSet<i64>,
    ) -> Result<BTreeSet<i64>> {
        let mut all = sources.clone();
        let mut originals = sources.clone();
        while !originals.is_empty() {
            let originals_of = ValueSet::of_numbers(std::mem::take(&mut originals));
            let column = Expr::col((source::Entity, source::Column::DerivedFrom));
            let select = select_newest().filter(originals_of.contains(column));
            for number in self.add_selected(txn, select).await? {
                if all.insert(number) {
                    originals.insert(number);
                }
            }
        }
        Ok(all)
    }

    async fn load_originals(
        &mut self,
        txn: &impl ConnectionTrait,
        mut sources: BTreeSet<i64>,
    ) -> Result<()> {
        let mut seen = BTreeSet::new();
        while !sources.is_empty() {
            self.load_numbers(txn, sources.clone()).await?;
            seen.append(&mut sources.clone());
            let loaded = sources.iter().filter_map(|id| self.cache.sources.find(*id));
            sources = loaded
                .filter_map(|state| state.newest.derived_from)
                .filter(|original| !seen.contains(original))
                .collect();
        }
        Ok(())
    }

    /// Adds selected sources that are not cached; returns the numbers of all.
    async fn add_selected(
        &mut self,
        txn: &impl ConnectionTrait,
        select: Select<source::Entity>,
    ) -> Result<Vec<i64>> {
        let mut numbers = Vec::new();
        for row in txn.query_all(select.as_query()).await? {
            let newest = source::Model::from_query_result(&row, "")?;
            numbers.push(newest.number());
            if self.cache.sources.find(newest.number()).is_none() {
                self.cache.sources.put(SourceState {
                    registered_at: row.try_get("", "registered_at")?,
                    public_on: row.try_get("", "current_public_on")?,
                    newest,
                });
            }
        }
        Ok(numbers)
    }

    /// The stored statements whose day of publication depends on these sources.
    async fn list_citing(
        &self,
        txn: &impl ConnectionTrait,
        sources: BTreeSet<i64>,
    ) -> Result<Vec<i64>> {
        let select = evidence::Entity::find()
            .select_only()
            .column(evidence::Column::StatementId)
            .distinct()
            .filter(ValueSet::of_numbers(sources).contains(evidence::Column::SourceId.into_expr()))
            .filter(evidence::Column::Relation.eq(EvidenceRelation::Supports.as_ref()))
            .filter(evidence::Column::PublishedOn.is_null());
        Ok(select.into_tuple().all(txn).await?)
    }

    /// Loads statements with all their supporting evidence and its sources.
    async fn load_citations(
        &mut self,
        txn: &impl ConnectionTrait,
        statements: BTreeSet<i64>,
    ) -> Result<()> {
        let statement = evidence::Column::StatementId.into_expr();
        let select = evidence::Entity::find()
            .filter(ValueSet::of_numbers(statements.iter().copied()).contains(statement))
            .filter(evidence::Column::Relation.eq(EvidenceRelation::Supports.as_ref()));
        let mut sources = BTreeSet::new();
        for row in select.all(txn).await? {
            sources.insert(row.source_id);
            self.add_citation(&row);
        }
        self.load_numbers(txn, sources).await?;
        self.load_statements(txn, &statements).await
    }
}

/// Newest versions, with the time at which the first was recorded and the day of publication as of now.
fn select_newest() -> Select<source::Entity> {
    const NUMBER: &str = "source.number";
    let registered_at =
        format!("(SELECT entry.recorded_at FROM ledger_entry AS entry WHERE entry.seq = {NUMBER})");
    let moved = format!("source_publication AS moved WHERE moved.source_id = {NUMBER}");
    let public_on = format!(
        "CASE WHEN EXISTS (SELECT 1 FROM {moved}) THEN
            (SELECT moved.public_on FROM {moved} ORDER BY moved.seq DESC LIMIT 1)
         ELSE (SELECT original.public_on FROM source AS original WHERE original.id = {NUMBER}) END"
    );
    source::Entity::find()
        .expr_as(Expr::cust(registered_at), "registered_at")
        .expr_as(Expr::cust(public_on), "current_public_on")
        .filter(source::is_newest(None))
}
