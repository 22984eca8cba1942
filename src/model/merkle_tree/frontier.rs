//! Frontier: the full subtrees of a tree to which leaves are appended. It has a hash per bit of the number of leaves.

use super::{Hash, TILE_HEIGHT, empty_root, node_hash};

/// A tree that grows by one leaf at a time, of which only the roots of its full subtrees are held.
#[derive(Clone, Debug, Default)]
pub struct Frontier {
    size: u64,
    /// From left to right: the largest first.
    subtrees: Vec<Hash>,
}

impl Frontier {
    /// Appends a leaf. `store` receives each node that is to be stored from then on: its level, from 1, its position and its hash.
    pub fn push(&mut self, leaf: Hash, mut store: impl FnMut(u32, u64, Hash)) {
        let mut node = leaf;
        self.size += 1;
        for height in 1..=self.size.trailing_zeros() {
            let left = self.subtrees.pop();
            node = left.map_or(node, |left| node_hash(&left, &node));
            if height % TILE_HEIGHT == 0 {
                store(height / TILE_HEIGHT, (self.size >> height) - 1, node);
            }
        }
        self.subtrees.push(node);
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        let nodes = self.subtrees.iter().rev().copied();
        let root = nodes.reduce(|right, left| node_hash(&left, &right));
        root.unwrap_or_else(empty_root)
    }

    pub fn size(&self) -> u64 {
        self.size
    }
}
