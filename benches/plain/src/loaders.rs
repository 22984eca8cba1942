//! Data loaders: rows by parent, one SQL statement for all parents with the same page size.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use entity::{relationship, stance_change};
use sea_orm::{DatabaseConnection, DbBackend, DbErr, FromQueryResult, Statement};

pub(crate) struct RowLoader(pub(crate) DatabaseConnection);

/// Key: the first incoming relationships of a country.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct IncomingKey {
    pub(crate) code: String,
    pub(crate) first: i32,
}

/// Key: the latest changes of a relationship.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct LatestChangesKey {
    pub(crate) relationship: i64,
    pub(crate) last: i32,
}

const SELECT_INCOMING: &str = "SELECT r.* FROM json_each(?) AS k CROSS JOIN relationship AS r ON r.id IN (\
    SELECT id FROM relationship WHERE requested_state = k.value ORDER BY id LIMIT ?) ORDER BY r.id";
const SELECT_LATEST_CHANGES: &str = "SELECT c.* FROM json_each(?) AS k CROSS JOIN stance_change AS c ON c.seq IN (\
    SELECT seq FROM stance_change WHERE relationship_id = k.value ORDER BY seq DESC LIMIT ?) ORDER BY c.seq";

impl RowLoader {
    async fn list<R: FromQueryResult>(
        &self,
        text: &str,
        keys: String,
        count: i32,
    ) -> Result<Vec<R>, Arc<DbErr>> {
        let values = [keys.into(), count.into()];
        let statement = Statement::from_sql_and_values(DbBackend::Sqlite, text, values);
        R::find_by_statement(statement)
            .all(&self.0)
            .await
            .map_err(Arc::new)
    }
}

impl Loader<IncomingKey> for RowLoader {
    type Value = Vec<relationship::Model>;
    type Error = Arc<DbErr>;

    async fn load(
        &self,
        keys: &[IncomingKey],
    ) -> Result<HashMap<IncomingKey, Self::Value>, Self::Error> {
        let mut rows_by_key = HashMap::<_, Vec<_>>::new();
        for (first, codes) in group_by_count(keys, |key| (key.first, &key.code)) {
            for row in self
                .list::<relationship::Model>(SELECT_INCOMING, codes, first)
                .await?
            {
                let code = row.requested_state.clone();
                rows_by_key
                    .entry(IncomingKey { code, first })
                    .or_default()
                    .push(row);
            }
        }
        Ok(rows_by_key)
    }
}

impl Loader<LatestChangesKey> for RowLoader {
    type Value = Vec<stance_change::Model>;
    type Error = Arc<DbErr>;

    async fn load(
        &self,
        keys: &[LatestChangesKey],
    ) -> Result<HashMap<LatestChangesKey, Self::Value>, Self::Error> {
        let mut rows_by_key = HashMap::<_, Vec<_>>::new();
        for (last, ids) in group_by_count(keys, |key| (key.last, key.relationship)) {
            for row in self
                .list::<stance_change::Model>(SELECT_LATEST_CHANGES, ids, last)
                .await?
            {
                let relationship = row.relationship_id;
                let key = LatestChangesKey { relationship, last };
                rows_by_key.entry(key).or_default().push(row);
            }
        }
        Ok(rows_by_key)
    }
}

/// Per page size, the parents as a JSON array.
fn group_by_count<'k, K, P: serde::Serialize>(
    keys: &'k [K],
    split: impl Fn(&'k K) -> (i32, P),
) -> impl Iterator<Item = (i32, String)> {
    let mut groups = HashMap::<_, Vec<_>>::new();
    for key in keys {
        let (count, parent) = split(key);
        groups.entry(count).or_default().push(parent);
    }
    groups.into_iter().map(|(count, parents)| {
        let text = serde_json::to_string(&parents).expect("codes and numbers are JSON");
        (count, text)
    })
}
