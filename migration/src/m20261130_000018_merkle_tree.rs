//! Nodes of the Merkle tree over the ledger, and the key that signs its heads.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, integer, string};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let node = Table::create()
            .table("tree_node")
            .col(integer("level"))
            .col(big_integer("position"))
            .col(string("hash"))
            .primary_key(Index::create().col("level").col("position"))
            .to_owned();
        manager.create_table(node).await?;
        let key = Table::create()
            .table("signing_key")
            .col(integer("id").primary_key())
            .col(string("seed"))
            .to_owned();
        manager.create_table(key).await
    }
}
