//! Stance changes, as they were published to subscribers.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stance_change")]
pub struct Model {
    /// The ledger entry that caused it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    pub relationship_id: i64,
    pub initiative_id: i64,
    pub requested_state: String,
    pub from_stance: String,
    pub to_stance: String,
    pub kind: String,
    pub unusual: bool,
    pub disputed: bool,
    /// EDTF.
    pub occurred_on: Option<String>,
    pub recorded_at: i64,
    pub statement_id: i64,
    /// Hash of the ledger entry; part of the change's cursor.
    pub hash: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
