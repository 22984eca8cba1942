//! The Merkle tree of the entries, built again: a hash for 256 entries.

use entity::tree_node;

use super::chain::Link;
use crate::error::Result;
use crate::ledger::tree_nodes::{parse_hash, row_of};
use crate::model::merkle_tree::{Frontier, Hash};

#[derive(Default)]
pub(super) struct Tree {
    frontier: Frontier,
    /// Level, position and hash.
    nodes: Vec<(u32, u64, Hash)>,
}

impl Tree {
    /// Adds the entries of a page.
    pub(super) fn add(&mut self, links: &[Link]) -> Result<()> {
        for (_, entry) in links {
            let nodes = &mut self.nodes;
            let store = |level, position, hash| nodes.push((level, position, hash));
            self.frontier.push(parse_hash(&entry.hash)?, store);
        }
        Ok(())
    }

    /// The rows of the nodes, in ascending order of level and position.
    pub(super) fn rows(&self) -> Result<Vec<tree_node::Model>> {
        let mut nodes: Vec<_> = self.nodes.iter().collect();
        nodes.sort_unstable();
        let rows = nodes.into_iter();
        rows.map(|(level, position, hash)| row_of(*level, *position, hash))
            .collect()
    }
}
