//! Loader of the evidence of statements, with the newest versions of its sources.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use entity::{evidence, source};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use super::LoaderContext;
use super::work_budget::SQL_ROW;
use crate::cache::tag::CacheTag;
use crate::database::value_set::ValueSet;
use crate::error::{Error, Result};

/// Key: the evidence of a statement in the order of recording; absent if it has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EvidenceOf(pub i64);

impl Loader<EvidenceOf> for LoaderContext {
    type Value = Vec<(evidence::Model, source::Model)>;
    type Error = Error;

    async fn load(&self, keys: &[EvidenceOf]) -> Result<HashMap<EvidenceOf, Self::Value>> {
        let cited = Expr::col((evidence::Entity, evidence::Column::SourceId));
        let newest = source::is_newest(self.pin_seq());
        let newest = source::number().eq(cited).and(newest);
        let statements = ValueSet::of_numbers(keys.iter().map(|key| key.0));
        let mut select = evidence::Entity::find()
            .filter(statements.contains(evidence::Column::StatementId.into_expr()))
            .apply_if(self.pin(), |q, pin| {
                q.filter(evidence::Column::Seq.lte(pin.seq))
            })
            .order_by_asc(evidence::Column::Seq)
            .order_by_asc(evidence::Column::Ordinal)
            .select_also(source::Entity);
        QuerySelect::query(&mut select).inner_join(source::Entity, newest);
        let pairs = select
            .all(self.db(keys.iter().map(|key| CacheTag::Statement(key.0))))
            .await?;
        // Each with its source.
        self.work().spend(2 * SQL_ROW * pairs.len() as u64)?;
        let mut by_statement: HashMap<_, Self::Value> = HashMap::new();
        for (row, source) in pairs {
            let evidence = by_statement
                .entry(EvidenceOf(row.statement_id))
                .or_default();
            evidence.extend(source.map(|source| (row, source)));
        }
        Ok(by_statement)
    }
}
