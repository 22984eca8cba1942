//! Nodes of the Merkle tree over the ledger: roots of full subtrees of 256, 256² … entries.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tree_node")]
pub struct Model {
    /// `n` for the root of 256ⁿ entries, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub level: i32,
    /// Among the nodes of the level, from 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    /// 64 hexadecimal digits.
    pub hash: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
