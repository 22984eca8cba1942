//! Merkle tree over the hashes of the ledger's entries, as in RFC 9162 §2.1: roots, inclusion proofs and consistency proofs.
//!
//! A proof is a list of ranges of leaves ([`inclusion_path`], [`consistency_path`]), whose roots are computed from few stored
//! hashes: those of the leaves, and of every full subtree of 256, 256² … leaves, as tiles of C2SP tlog-tiles have them
//! ([`stored_nodes`], [`range_root`]). Nothing here reads a database.

mod frontier;
mod path;

use sha2::{Digest, Sha256};

pub use frontier::Frontier;
pub use path::{LeafRange, consistency_path, inclusion_path};

/// SHA-256.
pub type Hash = [u8; 32];

/// Levels of the tree between two stored ones; a tile has 2⁸ nodes.
pub const TILE_HEIGHT: u32 = 8;
/// Nodes of a tile.
pub const TILE_WIDTH: u64 = 1 << TILE_HEIGHT;

/// Nodes of one stored level, next to each other. Level 0 has the leaves; a node of level `n` is the root of 256ⁿ of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StoredNodes {
    pub level: u32,
    pub start: u64,
    /// Exclusive.
    pub end: u64,
}

/// The root of a tree without leaves: the hash of nothing.
pub fn empty_root() -> Hash {
    Sha256::digest([]).into()
}

/// The hash of an inner node: SHA-256 over a byte of 1 and the hashes below it.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let hasher = Sha256::new_with_prefix([1]);
    hasher
        .chain_update(left)
        .chain_update(right)
        .finalize()
        .into()
}

/// The root of full nodes next to each other that are a tree of their own; `None` without any. The hash of a single one is
/// its root.
pub fn root(nodes: &[Hash]) -> Option<Hash> {
    match nodes {
        [] => None,
        [node] => Some(*node),
        _ => {
            let (left, right) = nodes.split_at(left_size(nodes.len()));
            Some(node_hash(&root(left)?, &root(right)?))
        }
    }
}

/// The largest power of two that is smaller than the number, which is at least 2.
fn left_size(nodes: usize) -> usize {
    1 << (nodes - 1).ilog2()
}

/// The stored nodes that the root of a range of a proof is computed from: at most 255 of each level.
pub fn stored_nodes(range: LeafRange) -> Vec<StoredNodes> {
    let mut stored: Vec<StoredNodes> = Vec::new();
    for subtree in full_subtrees(range) {
        let nodes = subtree.stored();
        match stored.last_mut() {
            Some(last) if last.level == nodes.level && last.end == nodes.start => {
                last.end = nodes.end;
            }
            _ => stored.push(nodes),
        }
    }
    stored
}

/// The root of a range of a proof. `find` returns a stored node by level and position.
/// # Errors
/// That of `find`.
pub fn range_root<E>(
    range: LeafRange,
    mut find: impl FnMut(u32, u64) -> Result<Hash, E>,
) -> Result<Hash, E> {
    let mut roots = Vec::new();
    for subtree in full_subtrees(range) {
        let StoredNodes { level, start, end } = subtree.stored();
        let nodes = (start..end).map(|position| find(level, position));
        let nodes: Vec<Hash> = nodes.collect::<Result<_, E>>()?;
        roots.extend(root(&nodes));
    }
    // The subtrees become smaller from left to right, so each is the left side of what follows.
    let folded = roots
        .into_iter()
        .rev()
        .reduce(|right, left| node_hash(&left, &right));
    Ok(folded.unwrap_or_else(empty_root))
}

/// A subtree of 2^`height` leaves, all there.
#[derive(Clone, Copy)]
struct FullSubtree {
    start: u64,
    height: u32,
}

impl FullSubtree {
    /// Its nodes on the highest stored level that has any: at most 128.
    fn stored(self) -> StoredNodes {
        let level = self.height / TILE_HEIGHT;
        let leaves = level * TILE_HEIGHT;
        let start = self.start >> leaves;
        StoredNodes {
            level,
            start,
            end: start + (1 << (self.height - leaves)),
        }
    }
}

/// The full subtrees of a range, from left to right: the largest first. A range of a proof starts where its largest may.
fn full_subtrees(range: LeafRange) -> impl Iterator<Item = FullSubtree> {
    let mut start = range.start;
    std::iter::from_fn(move || {
        let height = (range.end - start).checked_ilog2()?;
        let subtree = FullSubtree { start, height };
        start += 1 << height;
        Some(subtree)
    })
}

#[cfg(test)]
mod tests;
