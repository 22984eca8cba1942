//! Proofs about the Merkle tree of the ledger. What they say about a tree never changes, so they depend on no cache tag.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use sea_orm::{FromQueryResult, Statement, Value};

use super::LoaderContext;
use super::work_budget::{FACTS_PER_UNIT, LOOKUP, SQL_ROW, SQL_STATEMENT};
use crate::cache::tag::CacheTag;
use crate::error::{Error, Result};
use crate::ledger::signing_key;
use crate::ledger::tree_nodes::{self, Nodes, find, parse_hash};
use crate::model::merkle_tree::{Hash, LeafRange, StoredNodes, range_root, stored_nodes};
use crate::model::signed_note::NoteSigner;

/// An entry in a list of those about a relationship.
pub struct ListedEntry {
    pub seq: i64,
    pub hash: Hash,
}

#[derive(FromQueryResult)]
struct EntryRow {
    seq: i64,
    hash: String,
}

/// A stored hash, of which a row is read and nothing is made.
const HASH_ROW: u64 = SQL_ROW / 4;
/// A signature.
pub const SIGNATURE: u64 = 50 * FACTS_PER_UNIT;

impl LoaderContext {
    /// The number of entries of a tree, which the ledger has.
    /// # Errors
    /// `Error::BadUserInput` if it is negative, or more than the ledger has.
    pub async fn tree_size(&self, field: &str, size: i64) -> Result<u64> {
        let known = self.pin().map_or_else(|| self.feed.head(), |pin| pin.seq);
        let exists = size <= known || self.find_newer(size).await?.is_some();
        if !exists {
            self.record_tags([CacheTag::Any]);
            let message = format!("{size} is more than the {known} entries of the ledger");
            return Err(Error::bad_input(field, message));
        }
        let message = || format!("{size} is negative; a tree has 0 or more entries");
        u64::try_from(size).map_err(|_| Error::bad_input(field, message()))
    }

    /// The entries about a relationship, of the first ones of the ledger, in ledger order: those that record or correct a statement
    /// about it, retract one or add evidence to one.
    /// # Errors
    /// `Error::TooComplex` if the operation may not read that many.
    pub async fn list_entries(&self, relationship: i64, size: u64) -> Result<Vec<ListedEntry>> {
        let size = i64::try_from(size).map_err(Error::internal)?;
        // One more than may be read shows that there are too many.
        let limit = i64::try_from(self.work().rest() / SQL_ROW + 1).map_err(Error::internal)?;
        // Found by three indexes; a retraction by its time, which no other entry has.
        let sql = "SELECT e.seq, e.hash FROM ledger_entry e JOIN (
                SELECT id AS seq FROM statement WHERE relationship_id = $1
                UNION SELECT v.seq FROM statement s JOIN evidence v ON v.statement_id = s.id WHERE s.relationship_id = $1
                UNION SELECT r.seq FROM statement s JOIN ledger_entry r ON r.recorded_at = s.retracted_at
                    WHERE s.relationship_id = $1 AND r.kind = 'STATEMENT_RETRACTED'
            ) listed ON listed.seq = e.seq WHERE e.seq <= $2 ORDER BY e.seq LIMIT $3";
        let db = self.db([CacheTag::Relationship(relationship)]);
        let values = [relationship, size, limit].map(Value::from);
        let query = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
        let rows: Vec<EntryRow> = EntryRow::find_by_statement(query).all(db).await?;
        self.work().spend(rows.len() as u64 * SQL_ROW)?;
        let entries = rows.into_iter().map(|row| {
            let hash = parse_hash(&row.hash)?;
            Ok(ListedEntry { seq: row.seq, hash })
        });
        entries.collect()
    }
}

/// Key: the root of a range of entries that a proof has, or of all of a tree, which the ledger has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RangeRoot(pub LeafRange);

impl Loader<RangeRoot> for LoaderContext {
    type Value = Hash;
    type Error = Error;

    async fn load(&self, keys: &[RangeRoot]) -> Result<HashMap<RangeRoot, Hash>> {
        let nodes = self.load_nodes(keys).await?;
        let find = |level, position| find(&nodes, level, position);
        let roots = keys.iter().map(|key| Ok((*key, range_root(key.0, find)?)));
        roots.collect()
    }
}

/// Key: the key that signs notes. It never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Signer;

impl Loader<Signer> for LoaderContext {
    type Value = Arc<NoteSigner>;
    type Error = Error;

    async fn load(&self, _: &[Signer]) -> Result<HashMap<Signer, Arc<NoteSigner>>> {
        let signer = signing_key::load_signer(self.db([])).await?;
        Ok(HashMap::from([(Signer, Arc::new(signer))]))
    }
}

impl LoaderContext {
    /// The stored nodes that ranges need, each read once.
    async fn load_nodes(&self, ranges: &[RangeRoot]) -> Result<Nodes> {
        let ranges = ranges.iter().flat_map(|range| stored_nodes(range.0));
        let mut positions: BTreeMap<u32, BTreeSet<u64>> = BTreeMap::new();
        let mut hashed = 0;
        for StoredNodes { level, start, end } in ranges {
            hashed += end - start;
            positions.entry(level).or_default().extend(start..end);
        }
        let rows: usize = positions.values().map(BTreeSet::len).sum();
        let statements = positions.len() as u64 * SQL_STATEMENT;
        let work = rows as u64 * HASH_ROW + hashed * LOOKUP + statements;
        self.work().spend(work)?;
        if rows == 0 {
            return Ok(Nodes::new());
        }
        tree_nodes::load(self.db([]), positions).await
    }
}
