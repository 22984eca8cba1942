//! Stored nodes of the Merkle tree over the entries. The leaves are the hashes of the entries; of the inner nodes, only the roots
//! of full subtrees of 256, 256² … entries are stored (`model::merkle_tree`), each by the write that completes it.

use std::collections::HashMap;

use entity::{ledger_entry, ledger_head, tree_node};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseConnection, EntityTrait, QueryFilter, QuerySelect, Value,
};

use super::head;
use super::row_writes::RowWrites;
use crate::database::{self, value_set::ValueSet};
use crate::error::{Error, Result};
use crate::model::merkle_tree::{Hash, StoredNodes, TILE_HEIGHT, TILE_WIDTH, root};

/// Stored nodes by level and position.
pub type Nodes = HashMap<(u32, u64), Hash>;

/// Nodes of one level that are computed at a time, each of 256 others.
const NODES_AT_A_TIME: u64 = 16;

/// Stores the nodes that the entries of a batch complete. Most batches complete none, and then no statement runs.
pub(super) async fn store_new(txn: &impl ConnectionTrait, start: i64, end: i64) -> Result<()> {
    if start >> TILE_HEIGHT == end >> TILE_HEIGHT {
        return Ok(());
    }
    store_missing(txn, end).await
}

/// Stores every missing node, of the entries of a database that had no tree, or that a server of an earlier release recorded during
/// an upgrade. Does nothing if none is missing.
/// # Errors
/// `Error::BadUserInput` if the database role may not write them.
pub async fn refresh(writer: &DatabaseConnection) -> Result<()> {
    let seq = head::load_head(writer).await?.seq;
    let full = size_of(seq)? >> TILE_HEIGHT;
    if count(writer, 1).await? >= full {
        return Ok(());
    }
    let txn = database::begin_exclusive(writer).await?;
    // Servers write meanwhile, except while this row is locked.
    let lock = ledger_head::Entity::find_by_id(1).lock_exclusive();
    lock.one(&txn).await?;
    tracing::info!(entries = seq, "computing the Merkle tree");
    let seq = head::load_head(&txn).await?.seq;
    store_missing(&txn, seq).await.map_err(|error| {
        if !error.cause_chain().contains("permission denied") {
            return error;
        }
        let message = "the Merkle tree must be stored, which this role may not do; run `demarche migrate` as the owner of the tables";
        Error::bad_input("database-url", message)
    })?;
    database::commit(writer, txn).await
}

/// Stores the missing nodes of the first `seq` entries, level by level.
async fn store_missing(txn: &impl ConnectionTrait, seq: i64) -> Result<()> {
    let size = size_of(seq)?;
    for level in 1..u64::BITS / TILE_HEIGHT {
        let full = size >> (level * TILE_HEIGHT);
        if full == 0 {
            break;
        }
        let mut start = count(txn, level).await?;
        while start < full {
            let end = full.min(start + NODES_AT_A_TIME);
            store_range(txn, StoredNodes { level, start, end }).await?;
            start = end;
        }
    }
    Ok(())
}

/// Computes and stores nodes, whose children are stored.
async fn store_range(txn: &impl ConnectionTrait, nodes: StoredNodes) -> Result<()> {
    let children = nodes.start * TILE_WIDTH..nodes.end * TILE_WIDTH;
    let hashes = load(txn, [(nodes.level - 1, children)]).await?;
    let mut rows = Vec::new();
    for position in nodes.start..nodes.end {
        let children = position * TILE_WIDTH..(position + 1) * TILE_WIDTH;
        let children = children.map(|child| find(&hashes, nodes.level - 1, child));
        let children: Vec<Hash> = children.collect::<Result<_>>()?;
        let hash = root(&children).ok_or_else(|| Error::internal("a tile is empty"))?;
        rows.push(row_of(nodes.level, position, &hash)?);
    }
    let values = |row: &tree_node::Model| -> Vec<Value> {
        vec![
            row.level.into(),
            row.position.into(),
            row.hash.as_str().into(),
        ]
    };
    let columns: &[&str] = &["level", "position", "hash"];
    let mut writes = RowWrites::one_by_one(txn);
    writes
        .insert(("tree_node", columns), &rows, values, "")
        .await
}

/// The row of a node.
pub(super) fn row_of(level: u32, position: u64, hash: &Hash) -> Result<tree_node::Model> {
    Ok(tree_node::Model {
        level: i32::try_from(level).map_err(Error::internal)?,
        position: i64::try_from(position).map_err(Error::internal)?,
        hash: data_encoding::HEXLOWER.encode(hash),
    })
}

/// The number of stored nodes of a level, if there are no gaps.
async fn count(db: &impl ConnectionTrait, level: u32) -> Result<u64> {
    let newest = tree_node::Entity::find()
        .select_only()
        .column_as(tree_node::Column::Position.max(), "position")
        .filter(tree_node::Column::Level.eq(level))
        .into_tuple::<Option<i64>>()
        .one(db)
        .await?;
    newest.flatten().map_or(Ok(0), |newest| size_of(newest + 1))
}

/// Loads nodes, by level, in one statement for each level. Those that are not stored are absent.
pub async fn load(
    db: &impl ConnectionTrait,
    positions: impl IntoIterator<Item = (u32, impl IntoIterator<Item = u64>)>,
) -> Result<Nodes> {
    let mut loaded = Nodes::new();
    for (level, positions) in positions {
        let positions: Vec<i64> = positions
            .into_iter()
            .map(number_of)
            .collect::<Result<_>>()?;
        let rows = if level == 0 {
            load_leaves(db, positions).await?
        } else {
            load_inner(db, level, positions).await?
        };
        for (position, hash) in rows {
            loaded.insert((level, size_of(position)?), parse_hash(&hash)?);
        }
    }
    Ok(loaded)
}

/// Positions and hashes of entries: entry 1 is leaf 0.
async fn load_leaves(db: &impl ConnectionTrait, positions: Vec<i64>) -> Result<Vec<(i64, String)>> {
    use ledger_entry::Column;
    let seqs = ValueSet::of_numbers(positions.into_iter().map(|position| position + 1));
    let leaves = ledger_entry::Entity::find()
        .select_only()
        .column(Column::Seq)
        .column(Column::Hash)
        .filter(seqs.contains(Column::Seq.into_expr()))
        .into_tuple::<(i64, String)>();
    let leaves = leaves.all(db).await?.into_iter();
    Ok(leaves.map(|(seq, hash)| (seq - 1, hash)).collect())
}

async fn load_inner(
    db: &impl ConnectionTrait,
    level: u32,
    positions: Vec<i64>,
) -> Result<Vec<(i64, String)>> {
    use tree_node::Column;
    let positions = ValueSet::of_numbers(positions);
    let nodes = tree_node::Entity::find()
        .select_only()
        .column(Column::Position)
        .column(Column::Hash)
        .filter(Column::Level.eq(level))
        .filter(positions.contains(Column::Position.into_expr()))
        .into_tuple();
    Ok(nodes.all(db).await?)
}

/// A node that was loaded.
/// # Errors
/// `Error::Internal` if it is not stored, although the ledger has its entries.
pub fn find(nodes: &Nodes, level: u32, position: u64) -> Result<Hash> {
    nodes.get(&(level, position)).copied().ok_or_else(|| {
        Error::internal(format!(
            "node {position} of level {level} of the Merkle tree is missing: run `demarche verify`"
        ))
    })
}

/// Reads the hash of an entry or a node.
pub fn parse_hash(text: &str) -> Result<Hash> {
    let bytes = data_encoding::HEXLOWER.decode(text.as_bytes());
    let bytes = bytes.map_err(Error::internal)?;
    Hash::try_from(bytes).map_err(|_| Error::internal("a hash does not have 32 bytes"))
}

fn size_of(seq: i64) -> Result<u64> {
    u64::try_from(seq).map_err(Error::internal)
}

fn number_of(position: u64) -> Result<i64> {
    i64::try_from(position).map_err(Error::internal)
}
