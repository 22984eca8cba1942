//! The ledger head: one row that every writer locks, with the seq and hash of the newest entry.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ledger_head")]
pub struct Model {
    /// Always 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    /// 32 random hexadecimal digits, generated with the database and again after a restore.
    pub generation: String,
    /// Of the newest entry; 0 before the first.
    pub seq: i64,
    /// SHA-256 of the newest entry, 64 hexadecimal digits.
    pub hash: String,
    pub recorded_at: Option<i64>,
    /// 32 random hexadecimal digits, generated with the ledger; the genesis hash is computed from them.
    pub origin: String,
    /// `BUNDLED` or `NONE`, as decided when the database was created; null if it was created by a version without this column.
    pub seed: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
