//! Rows by the parents that ask for them, one statement for all that ask for the same number.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use entity::{relationship, stance_change};
use sea_orm::{DatabaseConnection, DbBackend, DbErr, FromQueryResult, Statement};

pub(crate) struct Rows(pub(crate) DatabaseConnection);

/// The first incoming relationships of a country.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Incoming {
    pub(crate) code: String,
    pub(crate) first: i32,
}

/// The latest changes of a relationship.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Latest {
    pub(crate) relationship: i64,
    pub(crate) last: i32,
}

const INCOMING: &str = "SELECT r.* FROM json_each(?) AS k CROSS JOIN relationship AS r ON r.id IN (\
    SELECT id FROM relationship WHERE requested_state = k.value ORDER BY id LIMIT ?) ORDER BY r.id";
const LATEST: &str = "SELECT c.* FROM json_each(?) AS k CROSS JOIN stance_change AS c ON c.seq IN (\
    SELECT seq FROM stance_change WHERE relationship_id = k.value ORDER BY seq DESC LIMIT ?) ORDER BY c.seq";

impl Rows {
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

impl Loader<Incoming> for Rows {
    type Value = Vec<relationship::Model>;
    type Error = Arc<DbErr>;

    async fn load(&self, keys: &[Incoming]) -> Result<HashMap<Incoming, Self::Value>, Self::Error> {
        let mut found = HashMap::<_, Vec<_>>::new();
        for (first, codes) in grouped(keys, |key| (key.first, &key.code)) {
            for row in self
                .list::<relationship::Model>(INCOMING, codes, first)
                .await?
            {
                let code = row.requested_state.clone();
                found.entry(Incoming { code, first }).or_default().push(row);
            }
        }
        Ok(found)
    }
}

impl Loader<Latest> for Rows {
    type Value = Vec<stance_change::Model>;
    type Error = Arc<DbErr>;

    async fn load(&self, keys: &[Latest]) -> Result<HashMap<Latest, Self::Value>, Self::Error> {
        let mut found = HashMap::<_, Vec<_>>::new();
        for (last, ids) in grouped(keys, |key| (key.last, key.relationship)) {
            for row in self.list::<stance_change::Model>(LATEST, ids, last).await? {
                let relationship = row.relationship_id;
                let key = Latest { relationship, last };
                found.entry(key).or_default().push(row);
            }
        }
        Ok(found)
    }
}

/// By the number asked for, the parents as a JSON array.
fn grouped<'k, K, P: serde::Serialize>(
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
